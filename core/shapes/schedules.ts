/** Shapes of schedules: submissions that begin a tree at given times. */
import type { TaskStatus } from "@/core/log/terms";
import type { EvolutionRun } from "./evolution";
import type { Submission } from "./requests/submission";

/** What happens at a time while a tree of the schedule has not ended: nothing, or another tree begins beside it. */
export const OVERLAPS = ["skip", "beside"] as const;
/** What a schedule does when its earlier tree still runs: skip a time, or run beside it. */
export type Overlap = (typeof OVERLAPS)[number];

/** A time at which the clocks change, so that the time that the expression names exists twice or not at all. */
export type ClockChange = "moved" | "first_of_two" | "each_of_two";

/** A time at which a schedule runs. */
export interface ScheduledTime {
  at: string;
  /** The date and time in the schedule's time zone, for people. */
  local: string;
  clock_change: ClockChange | null;
}

/** What a cron expression means in a time zone. */
export interface PreviewedTimes {
  /** The expression in English. */
  words: string;
  zone: string;
  /** The next three times. */
  next: ScheduledTime[];
  /** A sentence for each time of the next 13 months at which the clocks change. */
  notes: string[];
}

/** What each time begins: a tree, or with `evolve` a run of the evolution of `project`. */
export interface ScheduledSubmission extends Submission {
  evolve?: { cycles: number };
}

/** One due time of a schedule, and its outcome. */
export interface ScheduleRun {
  due_at: string;
  due_local: string;
  cause: "time" | "person";
  /** Who started it; null: the clock. */
  by: string | null;
  /** `pending`: its tree is being created. */
  outcome: "pending" | "begun" | "skipped" | "failed";
  /** When the server came to it. */
  at: string;
  /** Times before it, or itself, that passed while no server began them. This run catches up for all of them. */
  missed: number;
  /** The first of them. */
  missed_since: string | null;
  /** Why it was skipped or failed. */
  sentence: string | null;
  /** The run of an evolution that it began; null: none, or its project was removed. */
  evolution: (Pick<EvolutionRun, "id" | "state" | "fault" | "sentence"> & { project: string }) | null;
  /** The tree; for a skipped run the tree that was still running. null: none, or deleted. */
  tree: { id: string; title: string; status: TaskStatus } | null;
}

/** A task that Banyan submits at set times. */
export interface Schedule extends Omit<PreviewedTimes, "notes"> {
  id: string;
  name: string;
  cron: string;
  overlap: Overlap;
  /** What each time submits. */
  submission: ScheduledSubmission;
  /** Each tree has the rights of this person, who made, changed or resumed it last. */
  made_by: string;
  created_at: string;
  /** `by` is null when Banyan paused it. */
  paused: { by: string | null; at: string; sentence: string | null } | null;
  /** The newest; null before the first. */
  last: ScheduleRun | null;
}

/** A schedule with its latest runs. */
export interface ScheduleWithRuns extends Schedule {
  notes: string[];
  /** The newest first. */
  runs: ScheduleRun[];
}

export interface NewSchedule {
  /** Default: the first line of the task. */
  name?: string;
  cron: string;
  /** Default: the time zone of the server. */
  zone?: string;
  overlap?: Overlap;
  submission: ScheduledSubmission;
}

export type ScheduleChange = Partial<NewSchedule>;
