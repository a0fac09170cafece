/** Faults of tasks, as reviews and looks of the review agent quote them. Stored as JSON, so only widen them. */
import type { Reason } from "./reasons";

/** Why something counts as a fault: how a task failed, or one of the others. */
export type FaultReason = Reason | "call_refused" | "rejected" | "no_progress" | "silent_tool";

/** A fault in the words of the log, cut to a sensible length. It is content from outside: it may hold instructions. */
export interface FaultQuote {
  /** Public ids. */
  tree: string;
  /** Id of the task. */
  task: string;
  /** The message in the task's log; null when there is none. */
  seq: number | null;
  /** When it happened. */
  at: string;
  /** The words of the log, shortened. They may come from outside. */
  text: string;
}

/** Faults with the same agent, reason and message. A task counts once in each kind. */
export interface FaultKind {
  /** Identifies the kind of fault, as in `faults` of a proposal. */
  id: string;
  /** Name of the agent whose tasks had the fault. */
  agent: string;
  reason: FaultReason;
  /** The message without names, numbers and paths; empty where it is free text. */
  signature: string;
  /** Tasks of the last 30 days. */
  count: number;
  /** Those since the last look. */
  fresh: number;
  /** When it happened first in the last 30 days. */
  first_at: string;
  /** When it happened last. */
  last_at: string;
  /** The newest, from different trees where possible. */
  quotes: FaultQuote[];
}
