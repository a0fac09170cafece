/** The part of the interface for work that repeats: templates of submissions, and schedules that submit at given times. */
import type { Actor } from "@/core/rules/roles";
import type { NewSchedule, PreviewedTimes, Schedule, ScheduleChange, ScheduleWithRuns } from "@/core/shapes/schedules";
import type { Submission } from "@/core/shapes/shapes";
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

export interface RepeatedCommands {
  /** Saves a template. `replaces`: the template that it replaces and renames. */
  saveTemplate(
    template: { name: string; submission: Submission; replaces?: string },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  removeTemplate(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Adds a schedule. Its trees have the rights of the actor. */
  addSchedule(schedule: NewSchedule, actor: Actor): Promise<{ sentence: string; id: string }>;
  /** Changes a schedule. From then on its trees have the rights of the actor. */
  changeSchedule(id: string, change: ScheduleChange, actor: Actor): Promise<{ sentence: string }>;
  pauseSchedule(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Resumes a schedule with the rights of the actor. Times that passed meanwhile are not caught up. */
  resumeSchedule(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Begins a tree of the schedule now, as the actor's. Its times stay as they are. */
  runSchedule(id: string, actor: Actor): Promise<{ sentence: string; tree: string }>;
  removeSchedule(id: string, actor: Actor): Promise<{ sentence: string }>;
}
