/** The successful answers of the routes of schedules; see `answers.ts`. */
import type { PreviewedTimes, Schedule, ScheduleWithRuns } from "@/core/shapes/schedules";
import type { All } from "./answer-shapes";

export interface ScheduleAnswers {
  /** Schedules, by name, each with its next three times and its last one. */
  "GET schedules": All<Schedule>;
  /** A schedule with its newest times and their trees. */
  "GET schedules/:id": ScheduleWithRuns;
  /** What a cron expression means in a time zone: in English, the next three times, and when clocks change. */
  "GET schedule-times": PreviewedTimes;
}
