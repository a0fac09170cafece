/** Routes of schedules. */
import { schedule, scheduleChange } from "@/agents/guard/submission";
import { named, required } from "./query";
import { does, lists, looks, makes } from "./routes";

export const scheduleRoutes = {
  "GET schedules": lists((app) => app.queries.listSchedules()),
  "POST schedules": makes("addSchedule", schedule, (app, { sent }) => app.commands.addSchedule(sent, app.actor)),
  "GET schedules/:id": looks((app, { id }) => app.queries.getSchedule(id)),
  "POST schedules/:id/change": does("changeSchedule", scheduleChange, (app, { id, sent }) =>
    app.commands.changeSchedule(id, sent, app.actor),
  ),
  "POST schedules/:id/pause": does("pauseSchedule", null, (app, { id }) => app.commands.pauseSchedule(id, app.actor)),
  "POST schedules/:id/resume": does("resumeSchedule", null, (app, { id }) =>
    app.commands.resumeSchedule(id, app.actor),
  ),
  "POST schedules/:id/run": makes("runSchedule", null, (app, { id }) => app.commands.runSchedule(id, app.actor)),
  "DELETE schedules/:id": does("removeSchedule", null, (app, { id }) => app.commands.removeSchedule(id, app.actor)),
  "GET schedule-times": looks(
    (app, { query }) => app.queries.previewTimes(required(query, "cron", "a cron expression"), named(query, "zone")),
    ...(["cron", "zone"] as const),
  ),
};
