/**
 * The entries of a task's log. A task is its entries: everything else about it is derived from them.
 * Every shape here is stored as JSON and read back for ever, so a shape is only ever widened.
 */

import type { Reason } from "@/core/log/reasons";
import type { ModelMessage, ReplyPart, Usage } from "./model";
import type { Claim, ClaimMark, DailyCap, EndStatus, TaskRole, Verdict } from "./terms";

/** What a call of a tool may touch; compared with the task's rights. */
export const LEVELS = ["read", "write", "network", "host", "change"] as const;
export type Level = (typeof LEVELS)[number];

/** When a finishing agent is started for a task: `auto` is the product's default for that agent. */
export type FinishingChoice = "auto" | "always" | "never";
export interface FinishingPolicy {
  evaluate: FinishingChoice;
  summarize: FinishingChoice;
  document: FinishingChoice;
}

/** Who a finishing task works for. */
export type FinishingPurpose = "evaluate" | "summarize" | "document";

/** A server of tools, in one version of its configuration: its schemas are those that were approved with it. */
export interface ServerVersion {
  name: string;
  version: number;
}

/** First entry: which versions of the configuration the task was started with, and keeps. */
export interface Setup {
  agent: string;
  agentVersion: number;
  model: string;
  /** Names of the tools beyond the core ones. */
  tools: string[];
  /** It and all below it have these tools at most; absent: a list of tools limits nobody but its own task. */
  within?: string[];
  /** Of agent_selector: the tools of the agent that it chooses are the most that all below have. */
  confined?: true;
  documents: { name: string; version: number }[];
  runbook: { name: string; version: number } | null;
  rights: Level[];
  /** Added servers among the tools, each in the version that the task keeps; absent: none. */
  servers?: ServerVersion[];
  /** It may search the web; absent: it may not. */
  webSearch?: boolean;
  finishing: FinishingPolicy;
  /** Turns that one attempt may take; null: no limit. */
  maxTurns: number | null;
  /** Bounds one model call, and each tool call without its own time-out. */
  timeoutMs: number;
  /** How long a question, or a call that needs approval, may wait; absent or null: for ever. */
  askTimeoutMs?: number | null;
  /** The answer that a question gets when its time is over; absent or null: the task fails. */
  askDefault?: string | null;
}

/** Amounts as the runtime counts them: money in micro-dollars. null means no cap. */
export interface GrantAmounts {
  tokens: number | null;
  microUsd: number | null;
  tasks: number | null;
  depth: number | null;
  seconds: number | null;
}

export const NO_CAPS: GrantAmounts = { tokens: null, microUsd: null, tasks: null, depth: null, seconds: null };

/** Second entry: what is to be done, for whom, within what. */
export interface Assignment {
  instruction: string;
  title: string;
  role: TaskRole;
  /** Only for `role: finishing`. */
  purpose: FinishingPurpose | null;
  depth: number;
  /** The one task that agent_selector chose: it counts as the root. */
  chosen: boolean;
  /** Public ids of the sibling tasks that must succeed first. */
  dependsOn: string[];
  grant: GrantAmounts;
  /** `own`: a copy of the folder `into`, merged back when the task succeeds. `shared`: the folder that whoever started it works in. */
  workspace: "shared" | "own" | "none";
  /** Public id of the task whose own folder it works in (its own id with `own`); absent: the tree's folder. */
  folder?: string;
  /** With `own`: public id of the task whose own folder was copied; absent: the tree's folder. */
  into?: string;
  /** With `own`: the snapshot that its folder begins with; absent: what the folder `into` holds when the first tool needs it. */
  base?: string;
  /** How the result is judged; made before the work. */
  criteria: string | null;
  /** What the host puts under the instruction for a finishing task: the judged task's material. */
  material: string | null;
  stepping: "automatic" | "manual";
  /** Whoever started it had read content from outside. */
  tainted?: true;
}

/** How a call is treated: `repeat` and `once` work on the world, `control` on the tree, `invalid` gets a corrective response. */
export type CallMode = "repeat" | "once" | "control" | "invalid";

export interface SubtaskStart {
  task: string;
  /** The tool call it belongs to; finishing tasks of one ending share the call of `end_task`. */
  call: string;
  title: string;
  agent: string;
  role: TaskRole;
  purpose: FinishingPurpose | null;
}

export interface SubtaskResult {
  task: string;
  title: string;
  status: EndStatus;
  reason: Reason | null;
  summary: string;
  verdict: Verdict | null;
  /** Its task had read content from outside, and so has whoever reads this. */
  tainted?: true;
}

/** How a task ended; the last entry of its log, until somebody retries it. */
export interface Ended {
  status: EndStatus;
  reason: Reason | null;
  detail: string | null;
  result: string | null;
  summary: string;
  verdict: Verdict | null;
  tainted?: true;
}

/** What became of a task's own folder, before the task ended with success. */
export interface FilesMerged {
  type: "files_merged";
  /** The task whose own folder it was merged into; null: the tree's. */
  into: string | null;
  /** The newest snapshot of that folder; null: nothing was written there. */
  commit: string | null;
  /** The newest snapshot of the task's own folder: when all of it was merged, what a later merge begins from. */
  theirs: string | null;
  /** Paths that the task had changed. */
  changed: number;
  /** Paths because of which nothing at all was merged. Empty: everything is merged, unless there is a `problem`. */
  conflicts: string[];
  /** Where in that folder the task's versions of all that it changed lie instead; null: nowhere. */
  copies: string | null;
  /** Paths of its own folder that no snapshot can hold, such as pipes and files over the limit: they stay there. Absent: none. */
  skipped?: number;
  /** Why it could not be merged, beside both sides having changed the same. */
  problem?: string;
}

/** Events that stand in the log; those with `text` are also read by the model, as a user message. */
export type TaskEvent =
  | { type: "call_started"; call: string; lease: number }
  | { type: "subtasks_started"; subtasks: SubtaskStart[] }
  /** A subtask's result that arrives after its call had to be answered early. */
  | { type: "subtask_ended"; result: SubtaskResult; text: string }
  | { type: "predecessors_ended"; results: SubtaskResult[]; text: string }
  /** Text without a call, answered. */
  | { type: "correction"; text: string }
  /** `untilMs`: when its time is over; `fallback`: the answer that it gets then, else the task fails. */
  | { type: "asked"; call: string; review: string; untilMs?: number | null; fallback?: string | null }
  /** A call whose policy is "ask" waits for a person. */
  | { type: "approval_asked"; call: string; review: string; untilMs: number | null }
  | { type: "approval_decided"; call: string; review: string; approved: boolean; by: string; rule?: string }
  | { type: "question"; review: string; task: string; words: string; text: string; tainted?: true }
  | { type: "question_closed"; review: string }
  /** The answer to an `ask` that had returned early. `text` is what the model reads; logs from before `answer` have it there only. */
  | { type: "answered"; review: string; by: string; text: string; answer?: string; tainted?: true }
  | { type: "note"; text: string; by?: string }
  | { type: "choice"; what: string; why: string }
  /** A cap over all trees of a day is reached; the task goes on tomorrow. */
  | { type: "daily_cap"; message: string; cap?: DailyCap; untilMs: number }
  /** The same call had the same result over and over. */
  | { type: "repeated"; tool: string; text: string }
  /** Many turns without anything new: no rule decides what to do about it, so the supervisor is asked. */
  | { type: "stalled"; turns: number }
  /** The supervisor lets the attempt begin again; open calls were answered before. */
  | { type: "restarted"; by: string; text: string }
  | { type: "model_failed"; kind: string; message: string; tries: number; untilMs: number; parks: boolean }
  /** 80 % of the grant is gone, or all of it but for one last turn. */
  | { type: "grant_low"; last: boolean; text: string }
  /** A call cost more than was reserved for it; paid from the tree's reserve. */
  | { type: "overrun"; tokens: number; microUsd: number }
  /** A call whose cost nobody reported (crash, cut, abort) is charged with all that was reserved for it. */
  | { type: "unconfirmed"; tokens: number; microUsd: number; why: string }
  | { type: "too_long"; message: string }
  /** It does not fit although nothing of it can be summarised: outputs that are longer show no more than this of themselves. */
  | { type: "outputs_shortened"; maxChars: number }
  | { type: "compacted"; summary: string; dropped: number; usage: Usage; microUsd: number; text: string }
  | { type: "tools_changed"; tools: string[]; servers?: ServerVersion[] }
  /** What the task had asked for was approved: new tools from the next turn on, and the text of new documents. */
  | { type: "configured"; tools: string[]; servers: ServerVersion[]; by: string; text: string }
  /** The host ran the claims' commands. */
  | { type: "claims_checked"; call: string; marks: ClaimMark[] }
  | { type: "sent_back"; call: string; reasons: string[] }
  | { type: "ending"; call: string; status: "success" | "failure"; claims: Claim[]; result: string }
  /** A person does not wait until the provider's time has come. */
  | { type: "unparked"; by: string }
  /** A person added to the grant. */
  | { type: "granted"; by: string; text: string; tokens?: number; microUsd?: number }
  /** Another agent, model or priority from here on: it begins a new prompt. */
  | { type: "changed"; by: string; setup: Partial<Setup>; priority?: number; text: string }
  /** What comes before was copied from another tree; `files` is the snapshot that it began with. */
  | { type: "forked"; from: string; seq: number; by: string; what: string; files: string | null }
  /** The folder was kept as it was after this turn; `commit` null: it could not be, and `problem` says why. */
  | { type: "files_saved"; commit: string | null; changed: number; skipped: number; problem?: string }
  /** Before the first tool: the own folder of the task `folder` begins with this snapshot of another one; `from` null: of the tree's. */
  | { type: "files_copied"; folder: string; from: string | null; commit: string }
  | FilesMerged
  /** `atMs`: when; the task takes it into its log when it goes on. */
  | { type: "held"; what: HeldWhat; by: string; atMs: number }
  | { type: "stepping"; mode: "automatic" | "manual"; by: string }
  | { type: "retried"; attempt: number; by: string; text: string }
  | ({ type: "ended" } & Ended);

export type Entry =
  | { kind: "system"; turn: number; content: Setup }
  | { kind: "instruction"; turn: number; content: Assignment }
  | {
      kind: "agent_response";
      turn: number;
      /** `valid` is false when no call of the reply can be carried out; three such in a row fail the task. */
      content: { parts: ReplyPart[]; stopReason: string; valid: boolean };
      usage: Usage;
      microUsd: number;
    }
  | {
      kind: "tool_call";
      turn: number;
      /**
       * `level` absent: it only reads, or works on the tree. `ask`: a person must approve it; `why`: for another reason than its
       * tool's policy.
       */
      content: { input: unknown; mode: CallMode; problem?: string; level?: Level; ask?: true; why?: string };
      tool: string;
      callId: string;
    }
  | {
      kind: "tool_response";
      turn: number;
      /**
       * `early`: a subtask, wait or question was answered before it was over; its outcome arrives later as an event.
       * `limit`: the call was refused by a limit, and by which rule (true: in logs of before rules had names).
       * `runaway`: the subtask ended as one.
       * `outside`: the text holds content from outside the tree. `wholeChars`: the text is a part of so many characters.
       */
      content: {
        text: string;
        isError: boolean;
        early?: boolean;
        limit?: true | LimitRule;
        runaway?: boolean;
        outside?: true;
        wholeChars?: number;
      };
      tool: string;
      callId: string;
    }
  | { kind: "steer"; turn: number; content: { text: string; by: string } }
  | { kind: "event"; turn: number; content: TaskEvent };

/** What a person did to a task's going on. */
export type HeldWhat = "paused" | "paused_alone" | "resumed" | "stepped";

/** The limits on growth, by the names under which they end a task. */
export type LimitRule = "depth" | "width" | "tasks" | "cycle" | "ping_pong" | "questions";

export type EntryKind = Entry["kind"];

/** Thrown by `evolve` when a log is not one that the runtime could have written. */
export class BrokenLogError extends Error {
  override name = "BrokenLogError";
}

/** The user message that an event puts into the conversation, or null when the model does not read it. */
export function messageOfEvent(event: TaskEvent): ModelMessage | null {
  return "text" in event ? { role: "user", content: event.text } : null;
}
