/** Terms that entries, rows and shapes share: the states of a task, claims and verdicts. */
import type { FaultKind } from "./faults";

export const TASK_STATUSES = [
  "ready",
  "running",
  "waiting",
  "parked",
  "paused",
  "succeeded",
  "failed",
  "stopped",
] as const;

/** The state of a task, and of a tree. */
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** How a task ended. */
export type EndStatus = "succeeded" | "failed" | "stopped";

export function isEnded(status: TaskStatus): status is EndStatus {
  return status === "succeeded" || status === "failed" || status === "stopped";
}

/** Statuses of a tree that runs, as pages say it: it works, or goes on without a person. */
export const UNDER_WAY: readonly TaskStatus[] = ["ready", "running", "parked"];

/**
 * What parks a task, other than its model's provider: a cap of the day, that the provider does not have the model, or that
 * its work was interrupted again and again.
 */
const PARKED_BY = ["daily_cap", "model_gone", "interrupted"] as const;
/** Why a task is parked. */
export type ParkedBy = (typeof PARKED_BY)[number];

export function isParkedBy(kind: string | null): kind is ParkedBy {
  return PARKED_BY.some((parkedBy) => parkedBy === kind);
}

/** How other agents get the result of a message by A2A: as the task that it began, or as a bare message. */
export const A2A_ANSWERS = ["task", "message"] as const;
/** How an outside agent answers. */
export type A2aAnswer = (typeof A2A_ANSWERS)[number];

/** Whether a task does the work, or finishes that of its parent. */
export type TaskRole = "work" | "finishing";

export interface Claim {
  /** What the agent says is true of its result. */
  statement: string;
  /** Shows the claim: the host runs it; absent: a judge decides. */
  command?: string;
  /** What shows it: a text in the command's output, or its exit status; absent: exit status 0. */
  expect?: string | number;
}

/** A claim with the result of its check. */
export interface ClaimMark extends Claim {
  /**
   * `shown`: its command showed it. `judged`: a judge found it true. `failed`: it does not hold. `neither`: nothing
   * decided it.
   */
  mark: "shown" | "judged" | "failed" | "neither";
  /** Exit status of its command; null when none ran to its end. */
  exit_status: number | null;
  /** The end of the output of its command; null when none ran. */
  output: string | null;
}

/** Whether a result was judged to be right, and why. */
export interface Verdict {
  /** `unjudged`: nobody decided whether the result is right. */
  outcome: "pass" | "fail" | "unjudged";
  /** Why, a sentence each. */
  reasons: string[];
  /** The claims of the result, each with what its check came to. */
  claims: ClaimMark[];
}

/** Facts about a review item for programs. Stored as JSON and must stay readable forever, so only widen it. */
/** A file of the seeds that a release by agents changes, and where its code was approved. */
export interface SeedOrigin {
  /** Path of the file below `seeds/`. */
  file: string;
  /** The release's number. */
  release: number;
  /** The review item of the code, and its title. */
  item: string;
  /** Title of the review item. */
  title: string;
}

/** What a command does. Stored with reviews, so only append. */
export const DANGERS = [
  "force_push",
  "remote_delete",
  "publish",
  "discard",
  "delete",
  "database",
  "infrastructure",
  "other_machine",
  "downloaded_code",
  "privileges",
  "disk",
  "scheduled",
  "push",
  "send",
  "install",
  "end_processes",
] as const;
/** What a dangerous call would do. */
export type Danger = (typeof DANGERS)[number];

export interface ReviewFacts {
  /** Of a call: what its commands do that cannot be taken back, or that reaches beyond its folder. */
  dangers?: Danger[];
  /** For a question: the answer after a timeout. */
  defaultAnswer?: string;
  /** For a proposal with code: the result of the host's test. */
  tested?: string;
  /** Of a proposal: its task waits for the decision, at most until this time (null: for ever). Absent: it goes on. */
  waits?: { untilMs: number | null };
  /** Of a proposal by a look of the review agent: the quoted faults that it would prevent. */
  faults?: FaultKind[];
  /** Its author had read content from outside, so no policy may approve it. */
  tainted?: true;
  /** Of a proposal that a release made of a seed that agents changed: no task has asked for it. */
  seed?: SeedOrigin;
}

/** A cap of the day that stops a call. */
export interface DailyCap {
  /** Which of the two is capped, and at how much (money in micro-dollars). */
  unit: "tokens" | "microUsd";
  amount: number;
  /** The person whose trees it caps; null: all trees together. */
  person: string | null;
  /** Running calls reserve the rest of it; the task tries again when they end. */
  isHeld: boolean;
}
