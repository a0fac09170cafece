import type { GoalChange } from "@/core/log/goal";
import type { Reason } from "@/core/log/reasons";
import type { Amount, GrantedSpend } from "./log/amounts";
import type { HeldWhat, Setup, SubtaskResult } from "./log/entries";
import type { EndStatus, TaskStatus } from "./log/terms";
import type { ServerVersion } from "./log/versions";

/** A message to a task that is not in its log yet. The holder of the lease adds it to the log. */
export type Letter = { id: number } & LetterBody;

export type LetterBody =
  | { kind: "steer"; text: string; by: string }
  /** A subtask's question, which this task answers or passes up. */
  | { kind: "question"; review: string; task: string; title: string; text: string; tainted?: true }
  | { kind: "answer"; review: string; text: string; by: string; tainted?: true }
  /** A proposal of the task was approved: tools from its next turn, and the text of new documents. */
  | { kind: "configured"; tools: string[]; servers: ServerVersion[]; by: string; text: string }
  | { kind: "stop"; status: Exclude<EndStatus, "succeeded">; reason: Reason; detail: string }
  /** A person, or a rule, decided whether a call may run. */
  | { kind: "approval"; review: string; approved: boolean; by: string; rule?: string; reason: string }
  | { kind: "change"; by: string; setup: Partial<Setup>; priority?: number; text: string }
  /** A person changed the goal that the task pursues. */
  | { kind: "goal_change"; by: string; fields: GoalChange; text: string }
  /** The conversation restarts within the same attempt, with this text. */
  | { kind: "restart"; text: string; by: string }
  /** A person paused, resumed or stepped the task. Only for the log; the model does not read it. */
  | { kind: "held"; what: HeldWhat; by: string; atMs: number }
  | { kind: "unpark"; by: string }
  | { kind: "granted"; text: string; by: string; tokens?: number; microUsd?: number; seconds?: number }
  /** The task `from` above it lent it a part of its grant. */
  | ({ kind: "borrowed"; from: string; by?: string } & Amount)
  | { kind: "stepping"; mode: "automatic" | "manual"; by: string };

/** The current state of a subtask or predecessor. `result` is set once it has ended. */
export interface Relative {
  task: string;
  status: TaskStatus;
  result: (SubtaskResult & { text: string | null }) | null;
}

export interface Limits {
  /** Corrective responses in a row before the task fails. */
  maxStrikes: number;
  /** Replies in a row that did not end by themselves. Each costs as much as a reply can. */
  maxEndless: number;
  /** Answers in a row that were not in their protocol. Another one may be; a server that always sends such sends it again. */
  maxBadAnswers: number;
  /** Tries of `end_task` before the task fails. */
  maxEndings: number;
  /** Calls in a row that the runtime ended because the model sent nothing. */
  maxTimeouts: number;
  /** Failed calls in a row. An outage parks the task between them, so these last for hours. */
  maxModelTries: number;
  /** Context window of the task's model and the largest reply, in tokens. */
  contextTokens: number;
  maxOutputTokens: number;
  /** Output that a call asks for when its agent says nothing else. */
  outputTokens: number;
  /** A conversation of this many tokens is compacted, because every turn pays for them again. */
  compactTokens: number;
}

/** The limits of a model call. */
export type CallLimits = Pick<Limits, "contextTokens" | "maxOutputTokens" | "outputTokens" | "compactTokens">;

/** The tries that every task has, whatever its model. */
export const TRIES = {
  maxStrikes: 3,
  maxEndless: 2,
  maxBadAnswers: 2,
  maxEndings: 3,
  maxTimeouts: 10,
  maxModelTries: 100,
} as const satisfies Partial<Limits>;

/** Why a grant does not let its task go on. */
export interface Exhausted {
  /** A sentence that says which amount. */
  why: string;
  /** The grant that would; absent: not known. */
  grantNeeded?: GrantedSpend;
}

/** Everything that `decide` knows besides the log. */
export interface Facts {
  nowMs: number;
  lease: number;
  /** Whether a pause covers the task. */
  held: boolean;
  letters: Letter[];
  /** Subtasks and predecessors by public id. A missing subtask was just started and runs. */
  relatives: Map<string, Relative>;
  /** Set when the task's grant does not let it go on. */
  exhausted: Exhausted | null;
  /** Under manual stepping, the highest turn that may begin. */
  turnsAllowed: number;
  limits: Limits;
}
