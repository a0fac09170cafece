/** What goes wrong in tasks, by kinds, with how often and what became of it. */

export interface ListedFailure {
  /** Identifies the kind of failure. */
  kind: string;
  /** The kind of failure, in a few words. */
  title: string;
  /** How the log shows it. */
  shows: string;
  /** What prevents it, as a sentence. */
  prevention: string;
  /** What helps when it has happened, as a sentence. */
  recovery: string;
  /** How often it happened in the last 30 days. */
  last_30_days: number;
  /** How often it happened in the last 90 days. */
  last_90_days: number;
  /** Counts of the last twelve weeks, the oldest first. */
  weeks: number[];
  /** Of the last 30 days: those of which it is known whether the work went on, and those that went on without a person. */
  settled: number;
  /** Of `settled`: those after which the work went on without a person. */
  recovered: number;
  /** Goals that failed in the last 30 days, in which it happened. */
  failed_goals: number;
  /** The last time; null when it did not happen in 90 days. */
  last: {
    /** Id of the tree. */
    tree: string;
    /** Id of the task. */
    task: string;
    /** The message in the task's log. */
    seq: number;
    /** When it happened. */
    at: string;
  } | null;
}

/** What a person could do about a kind of failure. */
export interface FailureAdvice {
  /** The kind of failure that it is about. */
  kind: string;
  /** What happened, as a sentence. */
  says: string;
  /** What a person could do, as a sentence. */
  action: string;
}

/** The kinds of failures, how often they happened, and what may help. */
export interface Failures {
  /** Every kind; those that happened most in the last 30 days come first. */
  items: ListedFailure[];
  /** What a person could do about the kinds that happened. */
  recommendations: FailureAdvice[];
  /** Of all kinds in the last 30 days. */
  last_30_days: number;
  /** Those of which it is known whether the work went on. */
  settled: number;
  /** Those after which the work went on without a person. */
  recovered: number;
}
