/** What a task is while it is worked on: the fold of its log. `evolve.ts` says how each entry changes it. */
import type {
  Assignment,
  CallMode,
  Ended,
  FilesMerged,
  Level,
  LimitRule,
  ServerVersion,
  Setup,
  SubtaskStart,
} from "./log/entries";
import type { ModelMessage } from "./log/model";
import type { Claim, ClaimMark } from "./log/terms";
import { NO_REPETITION, type Repetition } from "./repetition";

export interface Call {
  id: string;
  tool: string;
  input: unknown;
  mode: CallMode;
  problem: string | null;
  turn: number;
  /** The lease under which it was marked as started, or null. */
  startedLease: number | null;
  /** Public ids of the tasks that belong to it. */
  tasks: string[];
  /** The review that an `ask` opened, or that decides whether the call is approved. */
  review: string | null;
  /** When the wait for that review is over; null: never. */
  untilMs: number | null;
  /** The answer that an `ask` gets then. */
  fallback: string | null;
  level: Level | null;
  /** What a person is asked for, when it is not the tool's own policy. */
  why: string | null;
  approval: "not_needed" | "needed" | "given";
}

/** A question whose call had to be answered early. */
export interface Unanswered {
  untilMs: number | null;
  fallback: string | null;
}

export interface Subtask extends SubtaskStart {
  /** Its call was answered before it ended; its result arrives as an event. */
  answeredEarly: boolean;
  /** Its result has been read by this task. */
  delivered: boolean;
}

export interface Totals {
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

export interface TaskState {
  /** Number of entries folded: the expected length of the log at the next append. */
  length: number;
  setup: Setup;
  assignment: Assignment;
  turn: number;
  attempt: number;
  /** `turn` at the beginning of this attempt. */
  firstTurn: number;
  /** The conversation as the model sees it, after the system prompt. */
  messages: ModelMessage[];
  /** Unanswered calls of the current turn, in the order given. */
  open: Map<string, Call>;
  subtasks: Map<string, Subtask>;
  /** The last reply had no call, and nothing has followed it yet. */
  silent: boolean;
  strikes: number;
  /** Tries of `end_task` that were sent back with evidence. */
  failedEndings: number;
  /** What the open `end_task` said. */
  ending: {
    call: string;
    status: "success" | "failure";
    claims: Claim[];
    result: string;
    marks: ClaimMark[] | null;
  } | null;
  /** Open questions of subtasks: review → the task that asked, and review → its words. */
  questions: Map<string, string>;
  /** Own questions whose call had to be answered early; the answer comes as an event. */
  unanswered: Map<string, Unanswered>;
  /** Questions asked in this attempt. */
  asks: number;
  questionTexts: Map<string, string>;
  predecessorsRead: boolean;
  modelTries: number;
  /** The last model call failed so, and no reply has come since. */
  modelFailure: { kind: string; message: string } | null;
  /** Subtasks that were refused by a limit; after three no more may be started. */
  limitRefusals: number;
  /** The rule that refused last. */
  limitRule: LimitRule | null;
  repetition: Repetition;
  /** Turns in a row that brought nothing new; errors are nothing new. */
  quietTurns: number;
  /** Something new came in this turn. */
  hasNews: boolean;
  /** A subtask whose result was read ended as a runaway. */
  runawaySubtask: boolean;
  /** The agent was told that its grant is nearly gone. */
  toldLow: boolean;
  /** The turn after which its last one is over, once it was told that it has only one; null before. */
  lastTurn: number | null;
  parkedUntilMs: number | null;
  /** Why it is parked. */
  parkedWhy: string | null;
  /** It is parked by a cap of the day, and not by its model's provider. */
  isParkedByCap: boolean;
  /** A person wants it to try, whatever is known of the provider. */
  triesAnyway: boolean;
  /** The last model call was refused as too long and the conversation has not been compacted since. */
  tooLong: boolean;
  /** Replies in a row that were cut at their limit of output. */
  cutReplies: number;
  /** Less output than usual is asked for, because input and output together were too long; null: as usual. */
  outputCap: number | null;
  compactions: number;
  /** Input tokens of the last reply and the characters of conversation since, to see the context limit coming. */
  lastInputTokens: number;
  charsSinceReply: number;
  /** Optional tools given to the task while it ran. */
  addedTools: string[];
  /** Servers of tools that it may call, each in the version that it keeps. */
  servers: ServerVersion[];
  /** It has read content from outside the tree: what it sends out from now on is asked for. */
  tainted: boolean;
  /** A tool that may have changed something outside the log was called. */
  sideEffects: boolean;
  /** Its own folder was merged, or could not be, and it has not spoken since. */
  merged: FilesMerged | null;
  spent: Totals;
  headline: string;
  ended: Ended | null;
}

export function initialState(setup: Setup, assignment: Assignment): TaskState {
  return {
    length: 2,
    setup,
    assignment,
    turn: 0,
    attempt: 1,
    firstTurn: 0,
    messages: [{ role: "user", content: firstMessage(assignment) }],
    open: new Map(),
    subtasks: new Map(),
    silent: false,
    strikes: 0,
    failedEndings: 0,
    ending: null,
    questions: new Map(),
    unanswered: new Map(),
    asks: 0,
    questionTexts: new Map(),
    predecessorsRead: assignment.dependsOn.length === 0,
    modelTries: 0,
    modelFailure: null,
    limitRefusals: 0,
    limitRule: null,
    repetition: NO_REPETITION,
    quietTurns: 0,
    hasNews: true,
    runawaySubtask: false,
    toldLow: false,
    lastTurn: null,
    parkedUntilMs: null,
    parkedWhy: null,
    isParkedByCap: false,
    triesAnyway: false,
    tooLong: false,
    cutReplies: 0,
    outputCap: null,
    compactions: 0,
    lastInputTokens: 0,
    charsSinceReply: 0,
    addedTools: [],
    servers: setup.servers ?? [],
    tainted: assignment.tainted ?? false,
    sideEffects: false,
    merged: null,
    spent: { tokensIn: 0, tokensOut: 0, microUsd: 0 },
    headline: "",
    ended: null,
  };
}

function firstMessage(assignment: Assignment): string {
  const parts = [assignment.instruction];
  if (assignment.criteria) parts.push(`The result will be judged by these criteria:\n${assignment.criteria}`);
  if (assignment.material) parts.push(assignment.material);
  return parts.join("\n\n");
}

/** First line of a text, short enough for a row. */
export function headlineOf(text: string): string {
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
