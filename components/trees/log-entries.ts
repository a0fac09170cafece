/** A task's messages as a conversation: responses with their tool calls and what each answered. Pure. */
import type { Message } from "@/agents/core/shapes";
import { callsOf, isErrorOf, isTruncated, partsOf, textOf } from "./message-content";

export interface CallEntry {
  id: string;
  name: string;
  input: unknown;
  started: boolean;
  answer: { seq: number; text: string; isError: boolean; truncated: boolean; at: string } | null;
}

export type LogEntry = { seq: number; turn: number; at: string } & (
  | { kind: "agent"; text: string; reasoning: string; calls: CallEntry[]; tokens: number | null; truncated: boolean }
  | { kind: "calls"; calls: CallEntry[] }
  | { kind: "event" | "steer" | "instruction" | "system"; by: string | null; text: string; truncated: boolean }
);

export function logEntries(messages: readonly Message[]): LogEntry[] {
  const entries: LogEntry[] = [];
  const calls = new Map<string, CallEntry>();
  for (const message of messages) {
    const base = { seq: message.seq, turn: message.turn, at: message.created_at };
    switch (message.kind) {
      case "agent_response": {
        const own = callsOf(message).map((call) => ({ ...call, started: false, answer: null }));
        for (const call of own) calls.set(call.id, call);
        const tokens = message.usage ? message.usage.inputTokens + message.usage.outputTokens : null;
        entries.push({
          ...base,
          kind: "agent",
          ...partsOf(message),
          calls: own,
          tokens,
          truncated: isTruncated(message),
        });
        break;
      }
      case "tool_call":
      case "tool_response": {
        const call = calls.get(message.tool_call_id ?? "") ?? addCall(entries, calls, message);
        if (message.kind === "tool_call") call.started = true;
        else call.answer = answerOf(message);
        break;
      }
      default: {
        const by = typeof message.content.by === "string" ? message.content.by : null;
        entries.push({ ...base, kind: message.kind, by, text: textOf(message), truncated: isTruncated(message) });
      }
    }
  }
  return entries;
}

/** For a call whose response is not among these messages (they begin later) or does not list it. */
function addCall(entries: LogEntry[], calls: Map<string, CallEntry>, message: Message): CallEntry {
  const name = message.tool ?? "tool";
  const call: CallEntry = {
    id: message.tool_call_id ?? "",
    name,
    input: message.content.input,
    started: false,
    answer: null,
  };
  calls.set(call.id, call);
  const last = entries[entries.length - 1];
  if (last?.kind === "agent" && last.turn === message.turn) last.calls.push(call);
  else if (last?.kind === "calls") last.calls.push(call);
  else entries.push({ kind: "calls", seq: message.seq, turn: message.turn, at: message.created_at, calls: [call] });
  return call;
}

function answerOf(message: Message): CallEntry["answer"] {
  return {
    seq: message.seq,
    text: textOf(message),
    isError: isErrorOf(message),
    truncated: isTruncated(message),
    at: message.created_at,
  };
}
