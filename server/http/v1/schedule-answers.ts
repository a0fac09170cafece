/** The successful answers of the routes of schedules; see `answers.ts`. */
import type { PreviewedTimes, Schedule, ScheduleWithRuns } from "@/core/shapes/schedules";
import type { All, Said } from "./said";

export interface ScheduleAnswers {
  /** Schedules, by name, each with its next three times and its last one. */
  "GET schedules": All<Schedule>;
  /** Adds a schedule, which submits its task at each of its times. Its trees have the rights of the caller. */
  "POST schedules": Said & { id: string };
  /** A schedule with its newest times and their trees. */
  "GET schedules/:id": ScheduleWithRuns;
  /** Changes what is sent of a schedule. Its trees have the rights of the caller from now on. */
  "POST schedules/:id/change": Said;
  /** Pauses a schedule; trees that have begun continue. */
  "POST schedules/:id/pause": Said;
  /** Resumes a schedule, with the rights of the caller. */
  "POST schedules/:id/resume": Said;
  /** Begins a tree of a schedule now; `tree` is its id. */
  "POST schedules/:id/run": Said & { tree: string };
  /** Removes a schedule; its trees stay. */
  "DELETE schedules/:id": Said;
  /** What a cron expression means in a time zone: in English, the next three times, and when clocks change. */
  "GET schedule-times": PreviewedTimes;
}
