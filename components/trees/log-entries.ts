/** A task's messages as a conversation: agent responses with their tool calls and answers. Pure. */
import type { IconName } from "@/components/ui/icon";
import type { Assignment, Setup } from "@/core/log/entries";
import type { Attachment, Usage } from "@/core/log/model";
import type { Message } from "@/core/shapes/shapes";
import { type EventLine, eventLine } from "@/core/words/events";
import { unaskedWords } from "@/core/words/policy";
import { eventIcon } from "./event-icon";
import { type LogMessage, logMessage, textOfParts } from "./message-content";

export interface CallAnswer {
  seq: number;
  at: string;
  text: string;
  isError: boolean;
  truncated: boolean;
  /** Length of the full text, of which `text` is a part; null: `text` is complete. */
  wholeChars: number | null;
  attachments: readonly Attachment[];
}

export interface CallEntry {
  /** Turn and call id, because a provider may reuse an id in a later turn. */
  key: string;
  /** The message with the call; null if it was not loaded. */
  seq: number | null;
  tool: string;
  /** undefined if the message with the call was not loaded. */
  input: unknown;
  isInvalid: boolean;
  /** Why it ran without asking a person; null for a call that asked, did not run, or only wrote records. */
  unasked: string | null;
  started: boolean;
  /** When it began to run, as far as the log tells; null if that part was not loaded. */
  since: string | null;
  /** Its start is not in the log: it runs as soon as the call before it is answered. */
  isRepeatable: boolean;
  /** The subtask that it started; null: none, as far as the log was loaded. */
  subtask: string | null;
  answer: CallAnswer | null;
}

/** `until`: the last message that belongs to the entry. Entries with equal `seq` and `until` have equal content. */
export type LogEntry = { seq: number; until: number; turn: number; at: string; truncated: boolean } & (
  | { kind: "agent"; text: string; reasoning: string; calls: CallEntry[]; used: Usage | null; costUsd: number }
  | { kind: "calls"; calls: CallEntry[] }
  /** `continues`: the words continued the ended task, and began this attempt. */
  | { kind: "steer"; by: string; text: string; continues?: number }
  | { kind: "instruction"; assignment: Assignment }
  | { kind: "system"; setup: Setup }
  | { kind: "event"; line: EventLine; icon: IconName }
  | { kind: "broken" }
);

/** Each call with the entry that shows it. */
type KnownCalls = Map<string, { call: CallEntry; entry: LogEntry }>;

export function logEntries(messages: readonly Message[]): LogEntry[] {
  const entries: LogEntry[] = [];
  const calls: KnownCalls = new Map();
  for (const message of messages) {
    const log = logMessage(message);
    if (log) addMessage(entries, calls, log);
    else entries.push({ ...baseOf(message), kind: "broken" });
  }
  return entries;
}

type CallContent = Extract<LogMessage, { kind: "tool_call" }>["content"];

function unaskedOf({ mode, ask, level, unasked }: CallContent): string | null {
  return ask || mode === "invalid" || mode === "control" ? null : unaskedWords(level, unasked);
}

function addMessage(entries: LogEntry[], calls: KnownCalls, message: LogMessage): void {
  const base = baseOf(message);
  switch (message.kind) {
    case "system":
      entries.push({ ...base, kind: "system", setup: message.content });
      break;
    case "instruction":
      entries.push({ ...base, kind: "instruction", assignment: message.content });
      break;
    case "agent_response": {
      const { parts, cost_usd } = message.content;
      const [text, reasoning] = [textOfParts(parts, "text"), textOfParts(parts, "reasoning")];
      entries.push({ ...base, kind: "agent", text, reasoning, calls: [], used: message.usage, costUsd: cost_usd });
      break;
    }
    case "tool_call": {
      const call = callOf(entries, calls, message);
      call.seq = message.seq;
      call.input = message.content.input;
      call.since = message.created_at;
      call.isRepeatable = message.content.mode === "repeat";
      call.isInvalid = message.content.mode === "invalid";
      call.unasked = unaskedOf(message.content);
      break;
    }
    case "tool_response": {
      const { text, isError, wholeChars = null, attachments = [] } = message.content;
      const { truncated } = base;
      const { seq, created_at: at } = message;
      const call = callOf(entries, calls, message);
      call.answer = { seq, at, text, isError, truncated, wholeChars, attachments };
      for (const { call: other } of calls.values())
        if (other.answer === null && other.isRepeatable) other.since = message.created_at;
      break;
    }
    case "steer":
      entries.push({ ...base, kind: "steer", by: message.content.by, text: message.content.text });
      break;
    case "event": {
      if (message.content.type === "call_started") {
        const known = calls.get(`${message.turn}:${message.content.call}`);
        if (known) {
          known.call.started = true;
          known.call.since = message.created_at;
          known.entry.until = message.seq;
        }
      }
      if (message.content.type === "subtasks_started") {
        for (const { task, call, role } of message.content.subtasks) {
          const known = role === "work" ? calls.get(`${message.turn}:${call}`) : undefined;
          if (!known) continue;
          known.call.subtask = task;
          known.entry.until = message.seq;
        }
      }
      if (message.content.type === "retried" && message.content.words !== undefined) {
        const { by, words: text, attempt } = message.content;
        entries.push({ ...base, kind: "steer", by, text, continues: attempt });
        break;
      }
      const line = eventLine(message.content);
      if (line) entries.push({ ...base, kind: "event", line, icon: eventIcon(message.content) });
    }
  }
}

function baseOf(message: Pick<Message, "seq" | "turn" | "created_at"> & { content: { truncated?: unknown } }) {
  const { seq, turn, created_at: at, content } = message;
  return { seq, until: seq, turn, at, truncated: content.truncated === true };
}

function callOf(
  entries: LogEntry[],
  calls: KnownCalls,
  message: LogMessage & { kind: "tool_call" | "tool_response" },
): CallEntry {
  const key = `${message.turn}:${message.tool_call_id}`;
  const known = calls.get(key);
  if (known) {
    known.entry.until = message.seq;
    return known.call;
  }
  const tool = message.tool ?? "";
  const call: CallEntry = {
    key,
    seq: null,
    tool,
    input: undefined,
    isInvalid: false,
    unasked: null,
    started: false,
    since: null,
    isRepeatable: false,
    subtask: null,
    answer: null,
  };
  const last = entries.findLast((entry) => entry.kind === "agent" || entry.kind === "calls");
  const isSameTurn = last?.turn === message.turn;
  const entry = isSameTurn ? last : { ...baseOf(message), kind: "calls" as const, calls: [] as CallEntry[] };
  if (!isSameTurn) entries.push(entry);
  entry.calls.push(call);
  entry.until = message.seq;
  calls.set(key, { call, entry });
  return call;
}
