/** Converts log entries to message rows and back. A row's JSON is the entry's content; a reply adds usage and cost. */
import { BrokenLogError } from "@/core/log/broken-log";
import type { Entry, EntryKind, TaskEvent } from "@/core/log/entries";
import type { Usage } from "@/core/log/model";

/** What the column `kind` stores. Only append to it: numbers are never reused. */
const NUMBERS = {
  system: 0,
  instruction: 1,
  agent_response: 2,
  tool_call: 3,
  tool_response: 4,
  steer: 5,
  event: 6,
} as const satisfies Record<EntryKind, number>;

/** The kinds in the order of their numbers. */
export const KINDS: readonly EntryKind[] = (Object.keys(NUMBERS) as EntryKind[]).toSorted(
  (a, b) => NUMBERS[a] - NUMBERS[b],
);

export const EVENT_KIND = NUMBERS.event;

export interface MessageRow {
  turn: number;
  kind: number;
  tool: string | null;
  callId: string | null;
  body: string;
}

export function encodeEntry(entry: Entry): MessageRow {
  const hasCall = entry.kind === "tool_call" || entry.kind === "tool_response";
  return {
    turn: entry.turn,
    kind: NUMBERS[entry.kind],
    tool: hasCall ? entry.tool : null,
    callId: hasCall ? entry.callId : null,
    body: JSON.stringify(entry.kind === "agent_response" ? replyBody(entry) : entry.content),
  };
}

function replyBody(entry: Entry & { kind: "agent_response" }): object {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = entry.usage;
  return { ...entry.content, u: [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, entry.microUsd] };
}

/** Stands for an entry of a kind that only a newer release knows. */
export function unknownKind(kind: number): Extract<TaskEvent, { type: "unknown" }> {
  return { type: "unknown", of: `kind ${kind}` };
}

/** Throws BrokenLogError when the row is not one that `encodeEntry` of this or a newer release could have written. */
export function decodeEntry(row: MessageRow): Entry {
  const kind = KINDS[row.kind];
  if (!kind) return { kind: "event", turn: row.turn, content: unknownKind(row.kind) };
  const content = parseBody(row.body);
  if (typeof content !== "object" || content === null) throw new BrokenLogError("A message of the log cannot be read.");
  if (kind === "agent_response") {
    const { u, ...rest } = content as { u: number[] };
    if (!Array.isArray(u) || !Array.isArray((rest as { parts?: unknown }).parts)) {
      throw new BrokenLogError("A reply in the log has no parts or no usage.");
    }
    return { kind, turn: row.turn, content: rest, usage: usageOf(u), microUsd: u[4] ?? 0 } as Entry;
  }
  if (kind === "tool_call" || kind === "tool_response") {
    if (row.tool === null || row.callId === null) throw new BrokenLogError("A call in the log has no tool or no id.");
    return { kind, turn: row.turn, content, tool: row.tool, callId: row.callId } as Entry;
  }
  return { kind, turn: row.turn, content } as Entry;
}

function usageOf(u: number[]): Usage {
  return { inputTokens: u[0] ?? 0, cacheReadTokens: u[1] ?? 0, cacheWriteTokens: u[2] ?? 0, outputTokens: u[3] ?? 0 };
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BrokenLogError("A message of the log is not valid JSON.");
  }
}
