"use client";

import { useMemo, useState } from "react";
import type { CallEntry, LogEntry } from "@/components/trees/log-entries";
import type { Task } from "@/core/shapes/shapes";
import { type ForkPoint, forkPointOf } from "../control/fork-point";

/** What only the end of a log says. Null: it says nothing of it, or nobody has read it. */
export interface LogEnd {
  /** Why the provider or the daily cap parked the task. Read from the log, because older task rows do not hold it. */
  whyParked: string | null;
  /** The last reply. */
  lastTurn: ForkPoint | null;
  /** The last call whose output is an error. */
  lastFailure: CallEntry | null;
}

const NOT_READ: LogEnd = { whyParked: null, lastTurn: null, lastFailure: null };

/**
 * Returns what the end of the log says. A reader who goes to an earlier part keeps it, until the task goes on: then
 * nothing is said, because what was the last turn is not the last one any more. `isEnd`: the entries reach the end.
 */
export function useLogEnd(task: Task, entries: readonly LogEntry[], isEnd: boolean): LogEnd {
  const of = [task.id, task.attempt, task.turns, task.status].join(" ");
  const read = useMemo(() => (isEnd ? endOf(entries) : null), [entries, isEnd]);
  const [kept, setKept] = useState({ of: "", end: NOT_READ });
  if (read && (kept.of !== of || kept.end !== read)) setKept({ of, end: read });
  return read ?? (kept.of === of ? kept.end : NOT_READ);
}

function endOf(entries: readonly LogEntry[]): LogEnd {
  const parked = entries.findLast((entry) => entry.kind === "event" && entry.line.cause !== undefined);
  const last = entries.findLast((entry) => entry.kind === "agent");
  return {
    whyParked: parked?.kind === "event" ? (parked.line.cause ?? null) : null,
    lastTurn: last ? forkPointOf(last) : null,
    lastFailure: lastFailureOf(entries),
  };
}

/** Returns the last call whose output is an error. A refused ending shows in the claims, so it does not count. */
function lastFailureOf(entries: readonly LogEntry[]): CallEntry | null {
  const calls = entries.flatMap((entry) => (entry.kind === "agent" || entry.kind === "calls" ? entry.calls : []));
  return calls.findLast(({ tool, answer }) => answer?.isError === true && tool !== "end_task") ?? null;
}
