import type { Reason } from "@/core/log/reasons";
import type { HeldWhat, ServerVersion, Setup, SubtaskResult } from "./log/entries";
import type { EndStatus, TaskStatus } from "./log/terms";

/** What was sent to a task and is not in its log yet. The holder of the lease takes it into the log. */
export type Letter = { id: number } & LetterBody;

export type LetterBody =
  | { kind: "steer"; text: string; by: string }
  /** A subtask's question, for this task to answer or pass up. */
  | { kind: "question"; review: string; task: string; title: string; text: string; tainted?: true }
  | { kind: "answer"; review: string; text: string; by: string; tainted?: true }
  /** What the task asked for was approved: tools from its next turn on, and what new documents say. */
  | { kind: "configured"; tools: string[]; servers: ServerVersion[]; by: string; text: string }
  | { kind: "stop"; status: Exclude<EndStatus, "succeeded">; reason: Reason; detail: string }
  /** A person, or a rule, decided whether a call may run. */
  | { kind: "approval"; review: string; approved: boolean; by: string; rule?: string; reason: string }
  | { kind: "change"; by: string; setup: Partial<Setup>; priority?: number; text: string }
  /** The conversation begins again, in the same attempt, with these words. */
  | { kind: "restart"; text: string; by: string }
  /** A person paused, resumed or stepped the task: nothing for the model, and for the log who and when. */
  | { kind: "held"; what: HeldWhat; by: string; atMs: number }
  | { kind: "unpark"; by: string }
  | { kind: "granted"; text: string; by: string; tokens?: number; microUsd?: number }
  | { kind: "stepping"; mode: "automatic" | "manual"; by: string };

/** A subtask, or a predecessor, as it stands now. `result` is there once it has ended. */
export interface Relative {
  task: string;
  status: TaskStatus;
  result: (SubtaskResult & { text: string | null }) | null;
}

export interface Limits {
  /** Corrective responses in a row before the task fails. */
  maxStrikes: number;
  /** Tries of `end_task` before the task fails. */
  maxEndings: number;
  maxModelTries: number;
  /** Context window of the task's model and the largest reply, in tokens. */
  contextTokens: number;
  maxOutputTokens: number;
}

/** The tries that every task has, whatever its model. */
export const TRIES = { maxStrikes: 3, maxEndings: 3, maxModelTries: 10 } as const satisfies Partial<Limits>;

/** Everything `decide` may know beside the log. */
export interface Facts {
  nowMs: number;
  lease: number;
  /** A pause record covers the task. */
  held: boolean;
  letters: Letter[];
  /** By public id. A subtask that is not here was started a moment ago and runs. */
  relatives: Map<string, Relative>;
  /** The task's grant is used up: the sentence that says of what. */
  exhausted: string | null;
  /** Under manual stepping: how many turns may have begun by now. */
  turnsAllowed: number;
  limits: Limits;
}
