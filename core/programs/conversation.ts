import { createHash } from "node:crypto";
import type { ModelMessage } from "@/core/log/model";
import { fieldOf, isMap, parseJsonText, type ValueMap } from "@/core/programs/json";

export interface Answer {
  content: string;
  isError: boolean;
  /** Set when the host answered before there was an outcome, which arrives as a later message. */
  early?: true;
  /** Set when its process ended before it answered, so that its outcome is unknown. */
  interrupted?: true;
}

/** A message of a person or of the host. `after`: the number of calls that were made before it. */
export interface Said {
  text: string;
  after: number;
  /** Set for a change of the goal, which is data and not a message. */
  change?: object;
}

/** The conversation so far as a program knows it, derived from the request's messages alone. */
export interface Conversation {
  /** The first user message: the task's instruction. */
  instruction: string;
  /** Starts the ids of all calls. A retried task starts a new conversation, and must not reuse the old ids. */
  idPrefix: string;
  /** The ids of the calls that were made, each with the number of calls before it. */
  asked: Map<string, number>;
  answers: Map<string, Answer>;
  /** Results of subtasks that were still running when their call was answered, by the subtask's id. */
  lateResults: Map<string, ValueMap>;
  /** Answers to this task's questions that arrived after their call was answered, by the question's id. */
  lateAnswers: Map<string, string>;
  /** Ids of subtasks' questions that can be passed up. */
  questions: string[];
  /** User messages since the last reply that are neither results nor questions: steers and the host's notes. */
  unread: string[];
  /** What people and the host said to the task, with what people changed of its goal. */
  said: Said[];
  /** The snapshot of the files at the goal's start, from an earlier attempt; null in the first one. */
  goalStart: string | null;
  isFirstReply: boolean;
}

export function readConversation(messages: readonly ModelMessage[]): Conversation {
  const firstReply = messages.findIndex(({ role }) => role === "assistant");
  const opening = messages.slice(0, firstReply < 0 ? messages.length : firstReply);
  const lead = opening[0];
  const conversation: Conversation = {
    instruction: lead?.role === "user" ? lead.content : "",
    idPrefix: prefixIn(messages) ?? createHash("sha256").update(JSON.stringify(opening)).digest("hex").slice(0, 8),
    asked: new Map(),
    answers: new Map(),
    lateResults: new Map(),
    lateAnswers: new Map(),
    questions: [],
    unread: [],
    said: [],
    goalStart: null,
    isFirstReply: firstReply < 0,
  };
  for (const message of messages.slice(1)) readMessage(conversation, message);
  return conversation;
}

/** Returns the fact of a task that follows these words as JSON, from the host's first message. */
export function factIn<T>([facts]: Conversation["said"], line: string): T {
  const fact = facts?.text.split("\n").find((candidate) => candidate.startsWith(line));
  if (!fact) throw new Error(`The facts of the task have no line “${line.trim()}”.`);
  return JSON.parse(fact.slice(line.length)) as T;
}

/** Returns the prefix of the first call, null before one. In a fork the facts of the task are others, and its calls are those of the origin. */
export function prefixIn(messages: readonly ModelMessage[]): string | null {
  for (const message of messages) {
    const id = message.role === "assistant" ? message.calls[0]?.id : undefined;
    if (id !== undefined) return /^([0-9a-f]{8})-/.exec(id)?.[1] ?? null;
  }
  return null;
}

function readMessage(conversation: Conversation, message: ModelMessage): void {
  if (message.role === "assistant") {
    for (const { id } of message.calls)
      if (!conversation.asked.has(id)) conversation.asked.set(id, conversation.asked.size);
    conversation.unread = [];
  } else if (message.role === "tool") {
    const { callId, content, isError, early, interrupted } = message;
    conversation.answers.set(callId, {
      content,
      isError,
      ...(early && { early }),
      ...(interrupted && { interrupted }),
    });
  } else if (message.goalStart !== undefined) {
    conversation.goalStart = message.goalStart;
  } else if (message.change) {
    conversation.said.push({ text: message.content, after: conversation.asked.size, change: message.change });
  } else {
    const record = message.event ? recordIn(message.content) : null;
    const [task, question, answer] = [fieldOf(record, "task"), fieldOf(record, "question"), fieldOf(record, "answer")];
    if (typeof question === "string" && typeof answer === "string") conversation.lateAnswers.set(question, answer);
    else if (record && typeof question === "string") conversation.questions.push(question);
    else if (record && typeof task === "string" && "status" in record) conversation.lateResults.set(task, record);
    else {
      conversation.unread.push(message.content);
      conversation.said.push({ text: message.content, after: conversation.asked.size });
    }
  }
}

/** Returns the JSON that ends the text of a host's event: the whole text, or its last line after a sentence for readers. */
function recordIn(content: string): ValueMap | null {
  for (const text of [content, content.trimEnd().split("\n").at(-1) ?? ""]) {
    const value = parseJsonText(text);
    if (value !== null && isMap(value)) return value;
  }
  return null;
}
