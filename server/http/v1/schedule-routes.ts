/** Routes of schedules that only read. */
import { named, required } from "./query";
import { lists, looks } from "./routes";

export const scheduleRoutes = {
  "GET schedules": lists((app) => app.queries.listSchedules()),
  "GET schedules/:id": looks((app, { id }) => app.queries.getSchedule(id)),
  "GET schedule-times": looks(
    (app, { query }) => app.queries.previewTimes(required(query, "cron", "a cron expression"), named(query, "zone")),
    ...(["cron", "zone"] as const),
  ),
};
