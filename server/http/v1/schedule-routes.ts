/** Routes of schedules that only read. */
import { named, required } from "./query";
import { lists, reads } from "./routes";

export const scheduleRoutes = {
  "GET schedules": lists((app) => app.queries.listSchedules()),
  "GET schedules/:id": reads((app, { id }) => app.queries.getSchedule(id)),
  "GET schedule-times": reads(
    (app, { query }) => app.queries.previewTimes(required(query, "cron", "a cron expression"), named(query, "zone")),
    ...(["cron", "zone"] as const),
  ),
};
