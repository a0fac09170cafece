/** Shapes of schedules: submissions that begin a tree at given times. */
import type { TaskStatus } from "@/core/log/terms";
import type { EvolutionRun } from "./evolution";
import type { Submission } from "./submission";

/** What happens at a time while a tree of the schedule has not ended: nothing, or another tree begins beside it. */
export const OVERLAPS = ["skip", "beside"] as const;
/** What a schedule does when its earlier tree still runs: skip a time, or run beside it. */
export type Overlap = (typeof OVERLAPS)[number];

/** A time at which the clocks change, so that the time that the expression names exists twice or not at all. */
export type ClockChange = "moved" | "first_of_two" | "each_of_two";

/** A time at which a schedule runs. */
export interface ScheduledTime {
  /** The time, in UTC. */
  at: string;
  /** The date and time in the schedule's time zone, for people. */
  local: string;
  /** Set at a time at which the clocks change: what happens to the time that the expression names. */
  clock_change: ClockChange | null;
}

/** What a cron expression means in a time zone. */
export interface PreviewedTimes {
  /** The expression in English. */
  words: string;
  /** Name of the time zone, such as `Europe/Berlin`. */
  zone: string;
  /** The next three times. */
  next: ScheduledTime[];
  /** A sentence for each time of the next 13 months at which the clocks change. */
  notes: string[];
}

/** What each time begins: a tree, or with `evolve` a run of the evolution of `project`. */
export interface ScheduledSubmission extends Submission {
  /** Runs the evolution of the project instead of a tree. */
  evolve?: {
    /** Most cycles of each run. */
    cycles: number;
  };
}

/** One due time of a schedule, and its outcome. */
export interface ScheduleRun {
  /** The time of the schedule, in UTC. */
  due_at: string;
  /** The same in the schedule's time zone, for people. */
  due_local: string;
  /** Whether its time had come, or a person ran it. */
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
  evolution:
    | (Pick<EvolutionRun, "id" | "state" | "fault" | "sentence"> & {
        /** Name of the project. */
        project: string;
      })
    | null;
  /** The tree; for a skipped run the tree that was still running. null: none, or deleted. */
  tree: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** How the tree stands. */
    status: TaskStatus;
  } | null;
}

/** A task that Banyan submits at set times. */
export interface Schedule extends Omit<PreviewedTimes, "notes"> {
  /** Id of the schedule, as in `/schedules/{id}`. */
  id: string;
  /** Name of the schedule. */
  name: string;
  /** The cron expression: minute, hour, day of the month, month, day of the week. */
  cron: string;
  overlap: Overlap;
  /** What each time submits. */
  submission: ScheduledSubmission;
  /** Each tree has the rights of this person, who made, changed or resumed it last. */
  made_by: string;
  created_at: string;
  /** `by` is null when Banyan paused it. */
  paused: {
    /** Name of the person who paused it; null: Banyan did. */
    by: string | null;
    /** When it was paused. */
    at: string;
    /** Why Banyan paused it, in one sentence; null: a person did. */
    sentence: string | null;
  } | null;
  /** The newest; null before the first. */
  last: ScheduleRun | null;
}

/** A schedule with its latest runs. */
export interface ScheduleWithRuns extends Schedule {
  /** A sentence for each time of the next 13 months at which the clocks change. */
  notes: string[];
  /** The newest 100, the newest first. */
  runs: ScheduleRun[];
}

export interface NewSchedule {
  /** Default: the first line of the task. */
  name?: string;
  /** The cron expression: minute, hour, day of the month, month, day of the week. */
  cron: string;
  /** Default: the time zone of the server. */
  zone?: string;
  /** What happens at a time while an earlier tree has not ended; default: `skip`. */
  overlap?: Overlap;
  /** What each time submits. */
  submission: ScheduledSubmission;
}

export type ScheduleChange = Partial<NewSchedule>;
