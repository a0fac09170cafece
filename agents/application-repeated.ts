/** The part of the interface for work that repeats: templates of submissions, and schedules that submit at given times. */
import type { PreviewedTimes, Schedule, ScheduleWithRuns } from "@/core/shapes/schedules";
import type { Template } from "@/core/shapes/trees";

export interface RepeatedQueries {
  listTemplates(): Promise<Template[]>;
  /** Returns all schedules, by name. */
  listSchedules(): Promise<Schedule[]>;
  /** Returns a schedule with its newest times and trees. */
  getSchedule(id: string): Promise<ScheduleWithRuns>;
  /** Returns what an expression means in a time zone (default: the server's). Throws UserError that names the field. */
  previewTimes(cron: string, zone?: string): Promise<PreviewedTimes>;
}
