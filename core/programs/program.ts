/**
 * A program that takes the place of a language model: a generator that yields calls and gets their answers. It is run from
 * its beginning at each turn, with the answers that the conversation holds, so it must depend on nothing else. A crash
 * between two turns then loses nothing, and a fork at any message goes on from there.
 */
import type { ModelReply, ReplyPart, ToolCallRequest } from "@/core/log/model";
import type { Answer, Conversation } from "./conversation";
import { fieldOf, parseJsonText, toText } from "./json";

export interface PlannedCall {
  /** Unique within the program; the same at each run. */
  key: string;
  name: string;
  /** A function is called only for a call that is made now, not for each one that is replayed. */
  input: object | (() => object);
}

/** How a program ends. */
export interface ProgramEnd {
  status: "success" | "failure";
  result: string;
  /** Why a goal or a coding agent ends as a failure. */
  reason?: string;
  grant_needed?: object;
}

/** A batch of calls that are made together, with a sentence for people who read the log. */
export interface Batch {
  says: string;
  calls: PlannedCall[];
}

export type Program = Generator<Batch, ProgramEnd, Answer[]>;

type Move =
  | { kind: "calls"; says: string; calls: ToolCallRequest[] }
  | { kind: "wait"; says: string }
  | ({ kind: "end" } & ProgramEnd);

const NO_USAGE = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
/** After this many refused attempts to end in a row, the program says so in text, which the runtime counts as no answer. */
const MAX_END_TRIES = 6;

/** Returns the id of a program's call in this conversation. */
export function idOfCall({ idPrefix }: Pick<Conversation, "idPrefix">, key: string): string {
  return `${idPrefix}-${key}`;
}

/** Returns the program's reply to the conversation. */
export function replyOf(program: Program, conversation: Conversation): ModelReply {
  const passes = conversation.questions
    .map((question) => ({ id: idOfCall(conversation, `q-${question}`), name: "pass_up", input: { question } }))
    .filter(({ id }) => !conversation.asked.has(id));
  if (passes.length > 0) return reply("Passes a question up.", passes);
  const move = moveOf(program, conversation);
  if (move.kind === "calls") return reply(move.says, move.calls);
  if (move.kind === "wait") return reply(move.says, []);
  const { attempt, refused } = endsOf(conversation);
  if (refused >= MAX_END_TRIES) return reply("Ending the task was refused too often; the program cannot do more.", []);
  const { status, result, reason, grant_needed } = move;
  const input = { status, result, ...(reason && { reason }), ...(grant_needed && { grant_needed }) };
  return reply("Ends.", [{ id: idOfCall(conversation, `end-${attempt}`), name: "end_task", input }]);
}

/**
 * Returns the number of the next attempt to end, and how many of the last attempts were refused. An end that was
 * accepted is continued by a person.
 */
function endsOf(conversation: Conversation): { attempt: number; refused: number } {
  let [attempt, refused] = [1, 0];
  for (; ; attempt += 1) {
    const id = idOfCall(conversation, `end-${attempt}`);
    if (!conversation.asked.has(id)) return { attempt, refused };
    refused = conversation.answers.get(id)?.isError ? refused + 1 : 0;
  }
}

/** Runs the program until a call has no answer yet. */
function moveOf(program: Program, conversation: Conversation): Move {
  let step = program.next();
  while (!step.done) {
    const { says, calls } = step.value;
    const made = calls.map((call) => ({ ...call, id: idOfCall(conversation, call.key) }));
    const fresh = made.filter(({ id }) => !conversation.asked.has(id));
    if (fresh.length > 0) return { kind: "calls", says, calls: fresh.map(requestOf) };
    const answers = made.map(({ id }) => answerTo(conversation, id));
    const known = answers.filter((answer) => answer !== null);
    if (known.length < answers.length) return { kind: "wait", says };
    step = program.next(known);
  }
  return { kind: "end", ...step.value };
}

function requestOf({ id, name, input }: PlannedCall & { id: string }): ToolCallRequest {
  return { id, name, input: typeof input === "function" ? input() : input };
}

/**
 * Returns the final answer to a call; null while it is open, its subtask runs, or its question waits. Only the host
 * answers early: the output of a tool that says "running" is an outcome like any other.
 */
export function answerTo(conversation: Conversation, id: string): Answer | null {
  const answer = conversation.answers.get(id);
  if (!answer?.early) return answer ?? null;
  const record = parseJsonText(answer.content);
  const status = toText(fieldOf(record, "status"));
  if (status === "running") {
    const late = conversation.lateResults.get(toText(fieldOf(record, "task")));
    return late ? { content: JSON.stringify(late), isError: toText(fieldOf(late, "status")) !== "succeeded" } : null;
  }
  if (status === "waiting") {
    const late = conversation.lateAnswers.get(toText(fieldOf(record, "question")));
    return late === undefined ? null : { content: JSON.stringify({ answer: late }), isError: false };
  }
  return answer;
}

function reply(says: string, calls: ToolCallRequest[]): ModelReply {
  const parts: ReplyPart[] = [
    { type: "text", text: says },
    ...calls.map(({ id }): ReplyPart => ({ type: "call", id })),
  ];
  return { parts, calls, usage: NO_USAGE, stopReason: calls.length > 0 ? "tool_calls" : "stop" };
}

/** Returns what a subtask gave back: its summary, and whether it succeeded. */
export function resultOf({ content, isError }: Answer): {
  ok: boolean;
  summary: string;
  task: string | null;
  /** Why it failed or was stopped; null when the call itself was refused. */
  reason: string | null;
  /** Why the changes in its own folder are not in the folder above; null when they are. */
  notMerged: string | null;
} {
  const record = parseJsonText(content);
  const summary = fieldOf(record, "summary");
  const task = fieldOf(record, "task");
  return {
    ok: !isError && toText(fieldOf(record, "status")) === "succeeded",
    summary: typeof summary === "string" ? summary : content,
    task: typeof task === "string" ? task : null,
    reason: toText(fieldOf(record, "reason")) || null,
    notMerged: toText(fieldOf(record, "not_merged")) || null,
  };
}
