/** Finds failures in a log, by coded facts alone: no text that is written for readers is read. Pure. */
import { type RoundRecord, readRecord } from "@/core/goals/facts/record";
import type { Entry, TaskEvent } from "@/core/log/entries";
import { ROUND_MODEL } from "@/core/programs/names";
import { OF_FAILED_TOOL, OF_LIMIT, OF_MODEL_FAULT, OF_REASON, OF_REFUSAL, OF_RUN, OF_STOP } from "./codes";
import type { FailureKey } from "./kinds";
import { failuresOfRound } from "./rounds";

/** Facts about the task that the entry does not hold. */
export interface FailedTask {
  model: string;
  /** Returns the records of the rounds that its goal had before; only read for a round. */
  earlier(): readonly RoundRecord[];
}

type EventType = TaskEvent["type"];
type EventOf<Type extends EventType> = Extract<TaskEvent, { type: Type }>;
type Found = FailureKey | null;

const ON_EVENT = {
  repeated: () => "circle_of_calls",
  stalled: () => "stalled",
  restarted: () => "attempt_restarted",
  model_failed: ({ kind }) => lookUp(OF_MODEL_FAULT, kind),
  daily_cap: () => "daily_cap",
  overrun: () => "cost_overrun",
  unconfirmed: () => "cost_unknown",
  too_long: () => "context_full",
  outputs_shortened: () => "context_full",
  files_left_out: () => "files_refused",
  approval_decided: ({ approved }) => (approved ? null : "approval_rejected"),
  call_answered: ({ approved }) => (approved ? null : "approval_rejected"),
  claims_checked: ({ marks }) => (marks.some(({ mark }) => mark === "failed") ? "claim_failed" : null),
  sent_back: ({ because }) => (because ? OF_REASON[because] : null),
  files_merged: ({ conflicts, problem }) =>
    conflicts.length > 0 ? "merge_conflict" : problem === undefined ? null : "merge_failed",
  files_saved: ({ commit, skipped }) => (commit === null ? "snapshot_failed" : skipped > 0 ? "files_skipped" : null),
} satisfies { [Type in EventType]?: (event: EventOf<Type>) => Found };

/** The events that may show a failure. */
export const FAILURE_EVENTS = [...(Object.keys(ON_EVENT) as EventType[]), "ended"] as const;

/** Returns the kinds that an entry of a task's log shows. */
export function failuresIn(entry: Entry, task: FailedTask): FailureKey[] {
  return kindsIn(entry, task).filter((kind) => kind !== null);
}

function kindsIn(entry: Entry, task: FailedTask): Found[] {
  switch (entry.kind) {
    case "agent_response":
      return [inReply(entry.content)];
    case "tool_call":
      return [inCall(entry.content)];
    case "tool_response":
      return [inResponse(entry.tool, entry.content)];
    case "event":
      return entry.content.type === "ended" ? inEnd(entry.content, task) : [inEvent(entry.content)];
    default:
      return [];
  }
}

function inReply({ parts, stopReason, valid }: (Entry & { kind: "agent_response" })["content"]): Found {
  if (valid && stopReason !== "refusal") return null;
  const hasCall = parts.some(({ type }) => type === "call");
  // A reply with a refused call needs no kind: the call's own entry says what is wrong.
  return lookUp(OF_STOP, stopReason) ?? (hasCall ? null : "reply_without_call");
}

function inCall({ mode, refusal }: (Entry & { kind: "tool_call" })["content"]): Found {
  if (mode !== "invalid") return null;
  return refusal ? OF_REFUSAL[refusal] : OF_REASON.call_refused;
}

function inResponse(tool: string, { fault, limit }: (Entry & { kind: "tool_response" })["content"]): Found {
  if (limit !== undefined) return limit === true ? "tree_at_limit" : OF_LIMIT[limit];
  if (fault === undefined) return null;
  return (fault === "failed" ? OF_FAILED_TOOL.get(tool) : undefined) ?? { ...OF_REFUSAL, ...OF_RUN }[fault];
}

function inEvent(event: TaskEvent): Found {
  const find = lookUp(ON_EVENT, event.type) as ((event: TaskEvent) => Found) | null;
  return find?.(event) ?? null;
}

function inEnd({ status, reason, result }: EventOf<"ended">, { model, earlier }: FailedTask): Found[] {
  const isRound = model === ROUND_MODEL;
  const record = isRound && status === "succeeded" ? readRecord(result ?? "") : null;
  if (record) return failuresOfRound(record, earlier());
  if (isRound && reason === "by_agent") return ["round_broke_off"];
  return [reason === null || status === "succeeded" ? null : OF_REASON[reason]];
}

/** A newer release may have written another code. */
function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}
