/**
 * The entries of a task's log. Everything else about a task is derived from them.
 * Every shape here is stored as JSON and must stay readable forever, so only widen a shape.
 */
import type { CallFault, CallRefusal } from "@/core/log/call-faults";
import type { ExecutorCall, ExecutorStart } from "@/core/log/executor";
import type { Goal, GoalChange, HiddenTests } from "@/core/log/goal";
import type { MemoryArm, ProposedLesson, ShownLesson } from "@/core/log/lessons";
import type { UnitEstimate } from "@/core/log/plans";
import type { Reason } from "@/core/log/reasons";
import type { RootSetup } from "@/core/log/root-setup";
import type { RoundTask } from "@/core/log/round-task";
import type { PinnedVersion, ServerVersion } from "@/core/log/versions";
import type { CopiedRepository } from "@/core/projects/repositories";
import type { Amount, EndCause, GrantAmounts, GrantedSpend } from "./amounts";
import type { Compaction } from "./compaction";
import { type Attachment, type Effort, type ReplyPart, TOLD_EVENTS, type Usage, type UserMessage } from "./model";
import type { Claim, ClaimMark, DailyCap, EndStatus, TaskRole, Verdict } from "./terms";

/** Levels of what a tool call can touch. A call needs its level among the task's rights. */
export const LEVELS = ["read", "write", "network", "host", "change"] as const;
/** What a tool can affect. */
export type Level = (typeof LEVELS)[number];

/** Why a call ran without asking a person: the policy of its level or of its tool, or because all its hosts are listed. */
export type Unasked = "level" | "tool" | "hosts";

/** When a finishing agent starts for a task. `auto` is the product's default for that agent. */
export type FinishingChoice = "auto" | "always" | "never";
/** Which steps follow the work of a task. */
export interface FinishingPolicy {
  evaluate: FinishingChoice;
  summarize: FinishingChoice;
  document: FinishingChoice;
}

/** The job of a finishing task. */
export type FinishingPurpose = "evaluate" | "summarize" | "document";

/** First entry: the versions of the configuration that the task starts with and keeps. */
export interface Setup extends RootSetup {
  agent: string;
  agentVersion: number;
  model: string;
  /** Of a goal's programs: the model of the tasks below. */
  below?: string;
  /** Names of the tools besides the core tools. */
  tools: string[];
  /** Confines the task and all tasks below it to these tools; absent when they are not confined. */
  within?: string[];
  /** For agent_selector: confines the tasks below to the tools of the agent that it chooses. */
  confined?: true;
  /** Set for a look of the review agent at the faults: the host limits its tools and what it proposes. */
  look?: true;
  /** Set for all tasks of a replay, which asks nobody: a question, an approval or a proposal ends the task. */
  replay?: true;
  /** Whether the tasks of a goal are shown lessons; absent for other trees, and for goals from before there were lessons. */
  memory?: MemoryArm;
  /** Lessons were shown to all goals then, or to none: nobody drew which goals are held out. */
  memoryFixed?: true;
  /** In a fork: public ids of the only lessons that its tasks are shown. Absent or null: those that are found. */
  lessons?: string[] | null;
  documents: { name: string; version: number }[];
  runbook: { name: string; version: number } | null;
  rights: Level[];
  /** Added servers among the tools, each in the version that the task keeps. */
  servers?: ServerVersion[];
  /** Versions that all tasks of the tree use, whatever is live; absent when nothing is pinned. */
  pinned?: PinnedVersion[];
  /** Whether it can search the web. */
  webSearch?: boolean;
  finishing: FinishingPolicy;
  /** Most turns of one attempt; null without a limit. */
  maxTurns: number | null;
  /** Timeout of one model call, and of each tool call without its own timeout. */
  timeoutMs: number;
  /** Tokens of output that a model call asks for; absent: the installation's setting. */
  outputTokens?: number | null;
  /** How much the model reasons; absent or null: as its provider sets it. */
  effort?: Effort | null;
  /** How long a question or an approval can wait; absent or null waits forever. */
  askTimeoutMs?: number | null;
  /** The default answer when a question times out; absent or null fails the task. */
  askDefault?: string | null;
}

/** Second entry: what to do, with which grant, in which folder. */
export interface Assignment {
  instruction: string;
  title: string;
  role: TaskRole;
  /** Only for `role: finishing`. */
  purpose: FinishingPurpose | null;
  depth: number;
  /** Whether agent_selector chose this task, which then counts as the root. */
  chosen: boolean;
  /** Public ids of the sibling tasks that must succeed first. */
  dependsOn: string[];
  grant: GrantAmounts;
  /** `own`: a copy of the folder `into`, merged back when the task succeeds. `shared`: the folder of the task that started it. */
  workspace: "shared" | "own" | "none";
  /** Public id of the task whose own folder it works in (its own id with `own`); absent for the tree's folder. */
  folder?: string;
  /** With `own`: public id of the task whose own folder was copied; absent for the tree's folder. */
  into?: string;
  /** With `own`: the snapshot that its folder starts with; absent to copy the folder `into` when the first tool needs it. */
  base?: string;
  /** How the result is judged; written before the work. */
  criteria: string | null;
  /** For a finishing task: the judged task's material, which the host adds below the instruction. */
  material: string | null;
  stepping: "automatic" | "manual";
  /** Set when tasks of this tree may not borrow beyond their share of the grant. */
  fixedShares?: true;
  /** Whether the task that started it had read content from outside. */
  tainted?: true;
  /** Set for a task that pursues a goal. */
  goal?: Goal;
  /** Set for a round of a goal. */
  round?: RoundTask;
  /** For a unit of a round's plan: what was expected of it. Absent in units from before plans had estimates. */
  unit?: UnitEstimate;
  /** For a task of a round: the signature of the error that the round is about. */
  error?: string;
  /** Files that its tools do not show: tests of a goal that only the host runs. */
  hides?: HiddenTests;
}

/** How a call is handled. `repeat` and `once` work on the world, and only `repeat` may run twice. `control` works on the tree. `invalid` gets a corrective response. */
export type CallMode = "repeat" | "once" | "control" | "invalid";

export interface SubtaskStart {
  task: string;
  /** The call that started it; finishing tasks of one ending share the call of `end_task`. */
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
  /** Titles of the subtasks that it asked for and that were refused. */
  refused?: string[];
  /** Why the changes in its own folder are not in the folder above, as a sentence; absent when they are. */
  unmerged?: string;
  /** Whether the subtask had read content from outside; then a reader of this result has, too. */
  tainted?: true;
}

/** How a task ended: the last entry of its log until a retry. */
export interface Ended {
  status: EndStatus;
  /** Why it failed or was stopped; null for a success. */
  reason: Reason | null;
  /** The grant that would have covered the request for which the task's own did not suffice. */
  grantNeeded?: GrantedSpend;
  /** Details of the reason: what exactly went wrong, or what a person wrote; null: none. */
  detail: string | null;
  /** What the agent ended it with; null: nothing. */
  result: string | null;
  /** The short text that the task above it reads. */
  summary: string;
  /** What judging the result came to; null when nobody judged it. */
  verdict: Verdict | null;
  /** Titles of the subtasks that it asked for and that were refused. */
  refused?: string[];
  /** Why the changes in its own folder are not in the folder above, as a sentence; absent when they are. */
  unmerged?: string;
  tainted?: true;
}

/** What a running call asks a person for: a yes, or a text. */
export type AskKind = "permission" | "question";

/** Result of merging a task's own folder, before the task succeeds. */
export interface FilesMerged {
  type: "files_merged";
  /** The task whose own folder it was merged into; null for the tree's folder. */
  into: string | null;
  /** The newest snapshot of that folder; null when nothing was written there. */
  commit: string | null;
  /** The newest snapshot of the task's own folder. After a full merge it is the base of the next merge. */
  theirs: string | null;
  /** Number of paths that the task changed, without git's own. */
  changed: number;
  /** Paths that prevented the merge; then nothing was merged. Empty after a full merge, unless there is a `problem`. */
  conflicts: string[];
  /** Where in that folder the task's versions of its changed paths were put instead; null for nowhere. */
  copies: string | null;
  /** Whether the task changed git's own files; absent in older logs. */
  git?: boolean;
  /** Number of paths that no snapshot can hold, such as pipes and files over the limit; they stay in the own folder. */
  skipped?: number;
  /** What git obeys in a person's repositories, such as settings and hooks: a merge leaves it as it is. */
  obeyed?: string[];
  /** Why the merge failed, apart from conflicting changes. */
  problem?: string;
}

/** Events in the log. The model reads events with `text`, as user messages. */
export type TaskEvent =
  /** An entry of a kind that only a newer release knows; `of` is its name or number there. It changes nothing. */
  | { type: "unknown"; of: string }
  | { type: "call_started"; call: string; lease: number }
  | { type: "subtasks_started"; subtasks: SubtaskStart[] }
  /** A subtask's result, after its call was answered early. */
  | { type: "subtask_ended"; result: SubtaskResult; text: string }
  | { type: "predecessors_ended"; results: SubtaskResult[]; text: string }
  /** Answers a reply without a call. */
  | { type: "correction"; text: string }
  /** A question was asked. It times out at `untilMs` with the answer `fallback`, or fails the task without one. */
  | { type: "asked"; call: string; review: string; untilMs?: number | null; fallback?: string | null }
  /** A call waits for a person's approval. */
  | { type: "approval_asked"; call: string; review: string; untilMs: number | null }
  | { type: "approval_decided"; call: string; review: string; approved: boolean; by: string; rule?: string }
  /** A running call asks a person: for a yes (`permission`) or a text (`question`). `key`: the hash of what it asks. */
  | { type: "call_asked"; call: string; review: string; key: string; what: AskKind; untilMs: number | null }
  /** The answer is kept until the same ask takes it, also when the call was cut. */
  | { type: "call_answered"; review: string; approved: boolean; by: string; answer: string | null; rule?: string }
  /** The call rests until a person has answered; then it goes on. */
  | { type: "call_set_aside"; call: string }
  /** An answer counts once: the next ask asks again. */
  | { type: "answer_used"; review: string; call: string }
  /** An outside program begins to work on the call's prompt, in a session that it can find again. */
  | ({ type: "executor_started"; call: string } & ExecutorStart)
  /** One of its own tool calls has ended. */
  | ({ type: "executor_call"; call: string } & ExecutorCall)
  | { type: "question"; review: string; task: string; words: string; text: string; tainted?: true }
  | { type: "question_closed"; review: string }
  /** The answer to a question whose call was answered early. The model reads `text`; logs from before `answer` have the answer only there. */
  | { type: "answered"; review: string; by: string; text: string; answer?: string; tainted?: true }
  /**
   * `repository`: the folder began as a copy of the repository at this address. `copies`: it began with copies of several
   * side by side, of which `repository` is the first.
   */
  | { type: "note"; text: string; by?: string; repository?: string; copies?: CopiedRepository[] }
  | { type: "choice"; what: string; why: string }
  /** A daily cap over all trees is reached; the task waits until `untilMs`. */
  | { type: "daily_cap"; message: string; cap?: DailyCap; untilMs: number }
  /** The same call had the same result again and again. */
  | { type: "repeated"; tool: string; text: string }
  /** Many turns brought nothing new. No rule can decide what to do, so the supervisor agent is asked. */
  | { type: "stalled"; turns: number }
  /**
   * The supervisor restarted the attempt, after open calls were answered. `keepsWords`: the new conversation has what people
   * said in the one before. `atMs`: when it began. Both are absent in old logs.
   */
  | { type: "restarted"; by: string; text: string; keepsWords?: true; atMs?: number }
  | { type: "model_failed"; kind: string; message: string; tries: number; untilMs: number; parks: boolean }
  /** 80 % of its tokens or money, or of what `of` names, is used, or (`last`) only one more turn is left. */
  | { type: "grant_low"; last: boolean; of?: "turns" | "seconds"; text: string }
  /** Lessons that the host found for the task. `text` quotes them; absent where the response of the call quotes them. */
  | { type: "lessons_shown"; lessons: ShownLesson[]; text?: string }
  /** `tainted`: content from outside had been read before. */
  | { type: "lesson_proposed"; lesson: ProposedLesson; tainted?: true }
  /** A call cost more than its reservation; the tree's reserve pays the rest. */
  | { type: "overrun"; tokens: number; microUsd: number }
  /** A call's cost is unknown (crash, cut, abort): its likely input and the part of the reply that had arrived are charged. */
  | { type: "unconfirmed"; tokens: number; microUsd: number; why: string }
  /** What a call of a tool cost, such as a search of the web by a model's provider. */
  | { type: "tool_charged"; tool: string; tokensIn: number; tokensOut: number; microUsd: number; why: string }
  /**
   * `asked`: the output that was asked for, where input and output together were too long. `unsaid`: the provider refused
   * the request with other words, and the conversation had become far longer than the last one that it took.
   */
  | { type: "too_long"; message: string; asked?: number; unsaid?: true }
  /** The conversation does not fit and cannot be summarized, so longer outputs are cut to `maxChars`. */
  | { type: "outputs_shortened"; maxChars: number }
  /** The provider refused a request with files, so the model no longer gets those of the conversation so far. */
  | { type: "files_left_out"; message: string; text: string }
  | ({ type: "compacted"; text: string } & Compaction)
  | { type: "tools_changed"; tools: string[]; servers?: ServerVersion[] }
  /** A proposal of the task was approved: new tools from the next turn, and the text of new documents. */
  | { type: "configured"; tools: string[]; servers: ServerVersion[]; by: string; text: string }
  /** The host ran the claims' commands. `runner`: where, when not on the server's machine. */
  | { type: "claims_checked"; call: string; marks: ClaimMark[]; runner?: string }
  /** `because` is absent in old logs. */
  | { type: "sent_back"; call: string; reasons: string[]; because?: "claims_failed" | "judged_failed" }
  | ({ type: "ending"; call: string; status: "success" | "failure"; claims: Claim[]; result: string } & EndCause)
  /** A person let a parked task try now. */
  | { type: "unparked"; by: string }
  /** A person added to the grant. */
  | { type: "granted"; by: string; text: string; tokens?: number; microUsd?: number; seconds?: number }
  /** The share of the grant ran out, and the task `from` above it, or the supervisor, lent it more. */
  | ({ type: "borrowed"; from: string; by?: string } & Amount)
  /** Agent, model or priority changed from here; a new prompt starts. */
  | { type: "changed"; by: string; setup: Partial<Setup>; priority?: number; text: string }
  /** A person changed the goal that the task pursues; it counts from its next round on. */
  | { type: "goal_changed"; by: string; fields: GoalChange; text: string }
  /** All entries before this one were copied from another tree; `files` is the first snapshot of the fork. */
  | { type: "forked"; from: string; seq: number; by: string; what: string; files: string | null }
  /** A snapshot of the folder was taken after this turn. `commit` is null when that failed, with the reason in `problem`. */
  | { type: "files_saved"; commit: string | null; changed: number; skipped: number; problem?: string }
  /** Before the first tool: the own folder of the task `folder` started with a snapshot of the folder `from` (null: the tree's). */
  | { type: "files_copied"; folder: string; from: string | null; commit: string }
  | FilesMerged
  /** The tree's folders are on this runner now. `from`: which had them before; `lost`: what is gone with it, as a sentence. */
  | { type: "placed"; number: number; runner: string; pool: string; from: string | null; lost: string | null }
  /** A person paused, resumed or stepped the task at `atMs`. The task logs it when it continues. */
  | { type: "held"; what: HeldWhat; by: string; atMs: number }
  | { type: "stepping"; mode: "automatic" | "manual"; by: string }
  /** With `words` the conversation goes on, and they are its newest instruction; without them it starts over. */
  | { type: "retried"; attempt: number; by: string; text: string; words?: string; atMs?: number }
  | ({ type: "ended" } & Ended);

export type Entry =
  | { kind: "system"; turn: number; content: Setup }
  | { kind: "instruction"; turn: number; content: Assignment }
  | {
      kind: "agent_response";
      turn: number;
      /**
       * `valid` is false when all calls of the reply are invalid; three such replies in a row fail the task. `cutAt`: the
       * reply used up all the output that its agent may ask for, so many tokens, and had no valid call; two in a row
       * fail the task.
       */
      content: { parts: ReplyPart[]; stopReason: string; valid: boolean; cutAt?: number };
      usage: Usage;
      microUsd: number;
    }
  | {
      kind: "tool_call";
      turn: number;
      /**
       * `level` is absent when the call only reads or works on the tree. With `ask` a person must approve it; `why` is the
       * reason when it is not the tool's policy. `unasked` says why nobody was asked; absent for a call that
       * reads or stays in the workspace by the policy of its level, and in old logs. `refusal` says why the call is
       * invalid; absent in old logs.
       */
      content: {
        input: unknown;
        mode: CallMode;
        problem?: string;
        refusal?: CallRefusal;
        level?: Level;
        ask?: true;
        why?: string;
        unasked?: Unasked;
        /** After a crash the same call goes on with what it had begun. */
        resumes?: true;
      };
      tool: string;
      callId: string;
    }
  | {
      kind: "tool_response";
      turn: number;
      /**
       * `early`: a subtask, wait or question was answered early; its outcome comes later as an event.
       * `limit`: the rule that refused the call (true in old logs, from before rules had names).
       * `refused`: the title of the subtask that the call did not start.
       * `runaway`: the subtask ended as a runaway.
       * `fault`: what went wrong with the call, or why it did not run after its approval; absent in old logs.
       * `outside`: the text has content from outside the tree.
       * `tellsLost`: the text begins with what is gone with a runner.
       * `wholeChars`: the length of the whole output, when the text is only a part of it.
       * `attachments`: images and PDF files that came with the text, which names them.
       */
      content: {
        text: string;
        isError: boolean;
        early?: boolean;
        limit?: true | LimitRule;
        refused?: string;
        runaway?: boolean;
        fault?: CallFault;
        outside?: true;
        tellsLost?: true;
        wholeChars?: number;
        attachments?: Attachment[];
      };
      tool: string;
      callId: string;
    }
  | { kind: "steer"; turn: number; content: { text: string; by: string } }
  | { kind: "event"; turn: number; content: TaskEvent };

/** How a person paused or continued a task. */
export type HeldWhat = "paused" | "paused_alone" | "resumed" | "stepped";

/** Limits on growth, by the names that appear when they end a task. */
export const LIMIT_RULES = ["depth", "width", "tasks", "cycle", "ping_pong", "questions"] as const;
export type LimitRule = (typeof LIMIT_RULES)[number];

export type EntryKind = Entry["kind"];

/** Returns the user message that an event adds to the conversation, or null when the model does not read it. */
export function messageOfEvent(event: TaskEvent): UserMessage | null {
  if (!("text" in event) || event.text === undefined) return null;
  const told = TOLD_EVENTS.find((type) => type === event.type);
  const change = event.type === "goal_changed" ? event.fields : undefined;
  return { role: "user", content: event.text, ...(told && { event: told }), ...(change && { change }) };
}
