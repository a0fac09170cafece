/** The state of a task: the fold of its log. `evolve.ts` applies each entry. */
import type { Amount, EndCause } from "./log/amounts";
import type {
  AskKind,
  Assignment,
  CallMode,
  Ended,
  FilesMerged,
  Level,
  LimitRule,
  Setup,
  SubtaskStart,
} from "./log/entries";
import type { ExecutorCall } from "./log/executor";
import type { ModelMessage } from "./log/model";
import type { Claim, ClaimMark, ParkedBy } from "./log/terms";
import type { ServerVersion } from "./log/versions";
import { NO_REPETITION, type Repetition } from "./repetition";
import { NOTHING } from "./rules/borrowing";

export interface Call {
  id: string;
  tool: string;
  input: unknown;
  mode: CallMode;
  problem: string | null;
  turn: number;
  /** The lease under which the call started, or null. */
  startedLease: number | null;
  /** Public ids of the tasks that the call started. */
  tasks: string[];
  /** The review that an `ask` opened, or that approves the call. */
  review: string | null;
  /** When the wait for that review times out; null for never. */
  untilMs: number | null;
  /** The answer to an `ask` after the timeout. */
  fallback: string | null;
  level: Level | null;
  /** Why a person must approve, when the tool's policy is not the reason. */
  why: string | null;
  approval: "not_needed" | "needed" | "given";
  /** Whether an interrupted call continues where it was. */
  resumes: boolean;
  starts: number;
  /** How often it was interrupted, by a crash or a pause of everything. */
  cuts: number;
  /** Whether it rests until a person has answered. */
  isSetAside: boolean;
  /** The outside programs that work for it, by their pieces. */
  executors: ExecutorWork[];
}

/** What is known of an outside program's work for a call. */
export interface ExecutorWork {
  session: string;
  /** Its tool calls that have ended, oldest first. */
  executed: Pick<ExecutorCall, "title" | "status">[];
}

/** What a running call asked a person. */
export interface CallAsk {
  call: string;
  key: string;
  what: AskKind;
  untilMs: number | null;
  answer: { approved: boolean; by: string; text: string | null } | null;
}

/** What was added to a grant: tokens, millionths of a dollar, tasks and seconds. */
export interface AddedGrant {
  tokens: number;
  microUsd: number;
  tasks: number;
  seconds: number;
}

const NOTHING_ADDED: AddedGrant = { tokens: 0, microUsd: 0, tasks: 0, seconds: 0 };

/** A question whose call was answered early. */
interface Unanswered {
  /** The question; empty for one of an older version. */
  text: string;
  untilMs: number | null;
  fallback: string | null;
}

export interface Subtask extends SubtaskStart {
  /** Whether its call was answered before it ended; then its result comes as an event. */
  answeredEarly: boolean;
  /** Whether this task has read its result. */
  delivered: boolean;
}

export interface Totals {
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

export interface TaskState {
  /** Number of folded entries, which is the expected length of the log at the next append. */
  length: number;
  setup: Setup;
  assignment: Assignment;
  turn: number;
  attempt: number;
  /** `turn` at the start of this attempt. */
  firstTurn: number;
  /** What a person said last to continue the task after its end; null before. */
  newestInstruction: string | null;
  /** What people have written to the task in this conversation, oldest first. */
  said: string[];
  /** What stands in place of the messages that compactions dropped; null before the first one. */
  summary: string | null;
  /** When the conversation began, in ms; null: when the task did. */
  conversationMs: number | null;
  /** What was added to the grant since the task began, and how much of that stood when the conversation last began anew. */
  added: AddedGrant;
  toldAdded: AddedGrant;
  /** The conversation as the model sees it, after the system prompt. */
  messages: ModelMessage[];
  /** Unanswered calls of the current turn, in the order given. */
  open: Map<string, Call>;
  subtasks: Map<string, Subtask>;
  /** Whether the last reply had no call and nothing has followed it. */
  silent: boolean;
  /** The stop reason of the last reply. */
  stopReason: string;
  strikes: number;
  /** Tries of `end_task` that were sent back with evidence. */
  failedEndings: number;
  /** Arguments of the open `end_task`. */
  ending: {
    call: string;
    status: "success" | "failure";
    claims: Claim[];
    result: string;
    cause: EndCause;
    marks: ClaimMark[] | null;
  } | null;
  /** Open questions of subtasks: review → the asking task. `questionTexts` maps review → its text. */
  questions: Map<string, string>;
  /** Own questions whose call was answered early; the answer comes as an event. */
  unanswered: Map<string, Unanswered>;
  /** What running calls asked, by review, until its answer is used. */
  callAsks: Map<string, CallAsk>;
  /** Questions asked in this attempt. */
  asks: number;
  questionTexts: Map<string, string>;
  predecessorsRead: boolean;
  /** The place of the tree at which the last call began; null: on the server's machine. */
  place: { number: number; runner: string } | null;
  /** What is gone with a runner, as a sentence, until a call's response has told the agent. */
  lostFiles: string | null;
  modelTries: number;
  /** The failure of the last model call, if no reply has come since. */
  modelFailure: { kind: string; message: string } | null;
  /** Number of subtasks that a limit refused; after three the task cannot start more. */
  limitRefusals: number;
  /** The rule that refused last. */
  limitRule: LimitRule | null;
  repetition: Repetition;
  /** Consecutive turns without anything new; errors do not count as new. */
  quietTurns: number;
  /** Whether this turn brought something new. */
  hasNews: boolean;
  /** Whether a subtask whose result was read ended as a runaway. */
  runawaySubtask: boolean;
  /** Whether the agent was told that its tokens or money are nearly used up. */
  toldLow: boolean;
  /** Whether it was told that its turns are nearly used up, or that the next one is the last; null: neither. */
  toldTurns: "low" | "last" | null;
  /** Whether it was told that its time is nearly used up. */
  toldSeconds: boolean;
  /** Public ids of the lessons that it was shown, and the turn of the last ones; -1 before. */
  lessons: Set<string>;
  lessonsTurn: number;
  /** How many lessons it has proposed. */
  lessonsProposed: number;
  /** Titles of the subtasks that were refused in this attempt and not started later. */
  refused: string[];
  /** What it has borrowed beyond its share of the grant. */
  borrowed: Amount;
  /** The last turn that tokens and money allow, once the agent was told so; null before. */
  lastTurn: number | null;
  parkedUntilMs: number | null;
  /** Why it is parked. */
  parkedWhy: string | null;
  /** What parked it; null: its model's provider, which is expected back. */
  parkedBy: ParkedBy | null;
  /** Whether a person wants a try now, even if the provider is known to be unavailable. */
  triesAnyway: boolean;
  /** Whether the last model call was refused as too long, and no compaction has followed. */
  tooLong: boolean;
  /** Replies in a row that were cut at their limit of output. */
  cutReplies: number;
  /** Replies in a row that did not end by themselves, and how the last was cut; a failed call between them changes nothing. */
  endless: { replies: number; last: string };
  /** Answers in a row that were not in their protocol. */
  badAnswers: number;
  /** Whether the conversation was shortened because a request was refused without a word about its length. */
  shortenedUnsaid: boolean;
  /** Less output than usual is asked for, because input and output together were too long; null: as usual. */
  outputCap: number | null;
  compactions: number;
  /** Tokens of the last call and reply, and the characters added since, to predict the context limit. */
  lastInputTokens: number;
  charsSinceReply: number;
  /** Optional tools that the task got while it ran. */
  addedTools: string[];
  /** Tool servers that it may call, each in a fixed version. */
  servers: ServerVersion[];
  /** Whether it has read content from outside the tree: then sending something out needs approval. */
  tainted: boolean;
  /** Whether it called a tool that may have changed something outside the log. */
  sideEffects: boolean;
  /** Result of merging its own folder, until the next reply. */
  merged: FilesMerged | null;
  spent: Totals;
  headline: string;
  ended: Ended | null;
}

export const NOT_ENDLESS: TaskState["endless"] = { replies: 0, last: "" };

export function initialState(setup: Setup, assignment: Assignment): TaskState {
  return {
    length: 2,
    setup,
    assignment,
    turn: 0,
    attempt: 1,
    firstTurn: 0,
    newestInstruction: null,
    said: [],
    summary: null,
    conversationMs: null,
    added: NOTHING_ADDED,
    toldAdded: NOTHING_ADDED,
    messages: [{ role: "user", content: firstMessage(assignment) }],
    open: new Map(),
    subtasks: new Map(),
    silent: false,
    stopReason: "",
    strikes: 0,
    failedEndings: 0,
    ending: null,
    questions: new Map(),
    unanswered: new Map(),
    callAsks: new Map(),
    asks: 0,
    questionTexts: new Map(),
    predecessorsRead: assignment.dependsOn.length === 0,
    place: null,
    lostFiles: null,
    modelTries: 0,
    modelFailure: null,
    limitRefusals: 0,
    limitRule: null,
    repetition: NO_REPETITION,
    quietTurns: 0,
    hasNews: true,
    runawaySubtask: false,
    toldLow: false,
    toldTurns: null,
    toldSeconds: false,
    lessons: new Set(),
    lessonsTurn: -1,
    lessonsProposed: 0,
    refused: [],
    borrowed: NOTHING,
    lastTurn: null,
    parkedUntilMs: null,
    parkedWhy: null,
    parkedBy: null,
    triesAnyway: false,
    tooLong: false,
    cutReplies: 0,
    endless: NOT_ENDLESS,
    badAnswers: 0,
    shortenedUnsaid: false,
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

/** Returns how many turns the agent may still take in this attempt; null without a limit. */
export function turnsLeft({ setup, turn, firstTurn }: Pick<TaskState, "setup" | "turn" | "firstTurn">): number | null {
  return setup.maxTurns === null ? null : Math.max(0, setup.maxTurns - (turn - firstTurn));
}

/** Returns the message with which a conversation begins: what is asked, how it will be judged, and what belongs to it. */
export function firstMessage(assignment: Assignment): string {
  const parts = [assignment.instruction];
  if (assignment.criteria) parts.push(`The result will be judged by these criteria:\n${assignment.criteria}`);
  if (assignment.material) parts.push(assignment.material);
  return parts.join("\n\n");
}

/** Returns the first line of a text, shortened for a row. */
export function headlineOf(text: string): string {
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
