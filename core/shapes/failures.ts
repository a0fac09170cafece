/** What goes wrong in tasks, by kinds, with how often and what became of it. */

export interface ListedFailure {
  kind: string;
  title: string;
  /** How the log shows it. */
  shows: string;
  prevention: string;
  recovery: string;
  last_30_days: number;
  last_90_days: number;
  /** Counts of the last twelve weeks, the oldest first. */
  weeks: number[];
  /** Of the last 30 days: those of which it is known whether the work went on, and those that went on without a person. */
  settled: number;
  recovered: number;
  /** Goals that failed in the last 30 days, in which it happened. */
  failed_goals: number;
  /** The last time; null when it did not happen in 90 days. */
  last: { tree: string; task: string; seq: number; at: string } | null;
}

/** What a person could do about a kind of failure. */
export interface FailureAdvice {
  kind: string;
  /** What happened, as a sentence. */
  says: string;
  action: string;
}

/** The kinds of failures, how often they happened, and what may help. */
export interface Failures {
  /** Every kind; those that happened most in the last 30 days come first. */
  items: ListedFailure[];
  recommendations: FailureAdvice[];
  /** Of all kinds in the last 30 days. */
  last_30_days: number;
  settled: number;
  recovered: number;
}
