/** Derives the rows of attempts and trees from folded logs. Pure. */
import type { Reason } from "@/core/log/reasons";
import type { EndStatus, TaskRole } from "@/core/log/terms";
import { isCounted } from "@/core/selection";
import type { TaskState } from "@/core/state";

/** An `ended` event of a task's log. */
export interface Ending {
  seq: number;
  atMs: number;
  status: EndStatus;
  reason: Reason | null;
}

export interface FoldedTask {
  id: number;
  uid: string;
  role: TaskRole;
  state: TaskState;
  /** In the order of the log; the n-th ending ended the n-th attempt. */
  endings: Ending[];
}

export interface DerivedAttempt {
  attempt: number;
  status: EndStatus;
  reason: Reason | null;
  resultSeq: number;
  endedAtMs: number;
}

export function derivedAttempts({ endings }: FoldedTask): DerivedAttempt[] {
  return endings.map(({ seq, atMs, status, reason }, index) => {
    return { attempt: index + 1, status, reason, resultSeq: seq, endedAtMs: atMs };
  });
}

/**
 * Returns a tree's derived columns from all its tasks. The tree ended with the last ending in the order of the log, because
 * a clock may jump.
 */
export function derivedTree(tasks: FoldedTask[]): Record<string, number | null> {
  const sum = (of: (task: FoldedTask) => number) => tasks.reduce((total, task) => total + of(task), 0);
  const counted = tasks.filter(({ role, state }) => isCounted(role, state));
  const ended = tasks.filter(({ state }) => state.ended);
  const countedWith = (status: EndStatus) =>
    counted.filter(({ state, endings }) => state.ended && endings.at(-1)?.status === status).length;
  const last = ended.flatMap(({ endings }) => endings.at(-1) ?? []).sort((a, b) => b.seq - a.seq)[0];
  return {
    tokensIn: sum(({ state }) => state.spent.tokensIn),
    tokensOut: sum(({ state }) => state.spent.tokensOut),
    microUsd: sum(({ state }) => state.spent.microUsd),
    tasksTotal: counted.length,
    tasksEnded: counted.filter(({ state }) => state.ended).length,
    tasksFailed: countedWith("failed"),
    tasksStopped: countedWith("stopped"),
    workTotal: tasks.filter(({ role }) => role === "work").length,
    endedAtMs: ended.length === tasks.length ? (last?.atMs ?? null) : null,
  };
}
