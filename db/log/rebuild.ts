/**
 * Recomputes every derived column from the messages, with the same `fold` and `decide` that wrote it, and compares or
 * overwrites the stored values: the log is the truth, rows are caches. Reads whole logs, so keep it off hot paths.
 */
import { decide } from "@/core/decide";
import { evolve, fold } from "@/core/evolve";
import { type CallLimits, type Facts, type Relative, TRIES } from "@/core/facts";
import { BrokenLogError } from "@/core/log/broken-log";
import type { SubtaskResult } from "@/core/log/entries";
import type { EndStatus } from "@/core/log/terms";
import { type DerivedRow, rowOf } from "@/core/row";
import type { TaskState } from "@/core/state";
import type { Client } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { derivedAttempts, derivedTree, type Ending, type FoldedTask } from "@/db/records/derive";
import type { RestingRow } from "@/db/records/task-columns";
import type { Loader } from "./load";
import { rebuildStatements, type StoredTask } from "./rebuild-statements";

/** A derived column that differs from the log. `column: "log"` means that the log itself cannot be folded. */
export interface Difference {
  table: "tasks" | "trees" | "attempts";
  /** Public id of the task or tree; for an attempt the task's id and the attempt's number. */
  row: string;
  column: string;
  stored: unknown;
  derived: unknown;
}

type Values = Record<string, unknown>;

/** The parts of the store that a comparison reads. */
interface RebuildSources {
  client: Pick<Client, "sqlite">;
  loader: Loader;
}

/**
 * Returns all differences. A row that is ready or running never differs, because its worker finds out whether there is
 * work. A row that waits or is parked differs when its log says that there is work to do.
 */
export function compareRows(store: RebuildSources): Difference[] {
  return compare(store).differences;
}

/** Overwrites differing columns in one transaction and resolves with the differences. Leaves a task whose log cannot be folded unchanged. */
export function rebuildRows(store: RebuildSources & { log: Writes }): Promise<Difference[]> {
  return store.log.write(() => {
    const { differences, tasks, trees } = compare(store);
    const run = rebuildStatements(store.client.sqlite);
    for (const { id, columns, attempts } of tasks) {
      run.setTask.run({ id, ...columns });
      run.dropAttempts.run(id);
      for (const attempt of attempts) run.insertAttempt.run({ task: id, ...attempt });
    }
    for (const { id, columns } of trees) run.setTree.run({ id, ...columns });
    return differences;
  });
}

interface Compared {
  differences: Difference[];
  tasks: { id: number; columns: DerivedRow & RestingRow; attempts: Values[] }[];
  trees: { id: number; columns: Values }[];
}

function compare(store: RebuildSources): Compared {
  const run = rebuildStatements(store.client.sqlite);
  const compared: Compared = { differences: [], tasks: [], trees: [] };
  for (const tree of run.trees.all() as ({ id: number; uid: string } & Values)[]) {
    const stored = run.tasks.all(tree.id) as StoredTask[];
    const folded = new Map<number, FoldedTask>();
    for (const task of stored) {
      const result = foldTask(store, task, run.places.all(task.id) as Place[]);
      if (result instanceof BrokenLogError) compared.differences.push(broken(task, result));
      else folded.set(task.id, result);
    }
    for (const task of stored) {
      const foldedTask = folded.get(task.id);
      if (foldedTask) compareTask(store, task, foldedTask, folded, compared, run);
    }
    // With an unreadable log the tree's totals would be wrong, so they stay unchanged.
    if (folded.size < stored.length) continue;
    const columns = derivedTree([...folded.values()]);
    compared.differences.push(...difference("trees", tree.uid, tree, columns));
    compared.trees.push({ id: tree.id, columns });
  }
  return compared;
}

type Place = Pick<Ending, "seq" | "atMs">;

function foldTask(store: RebuildSources, task: StoredTask, places: Place[]): FoldedTask | BrokenLogError {
  try {
    const entries = store.loader.entries(task.id, task.messages);
    const endings = entries.flatMap((entry, index): Ending[] => {
      const place = places[index];
      if (!place || entry.kind !== "event" || entry.content.type !== "ended") return [];
      return [{ ...place, status: entry.content.status, reason: entry.content.reason }];
    });
    return { id: task.id, uid: task.uid, role: task.role, state: fold(entries), endings };
  } catch (error) {
    if (error instanceof BrokenLogError) return error;
    throw error;
  }
}

function broken(task: StoredTask, error: BrokenLogError): Difference {
  return { table: "tasks", row: task.uid, column: "log", stored: error.message, derived: null };
}

function compareTask(
  store: RebuildSources,
  task: StoredTask,
  foldedTask: FoldedTask,
  folded: Map<number, FoldedTask>,
  compared: Compared,
  run: ReturnType<typeof rebuildStatements>,
): void {
  const relatives = relativesOf(run.relatives.all({ task: task.id }) as { id: number }[], folded);
  const columns = derivedTask(foldedTask, factsOf(store, task, relatives), task);
  compared.differences.push(...difference("tasks", task.uid, task, columns));
  const attempts = derivedAttempts(foldedTask);
  const stored = new Map(
    (run.attempts.all(task.id) as (Values & { attempt: number })[]).map((row) => [row.attempt, row]),
  );
  for (const attempt of attempts) {
    const row = `${task.uid} ${attempt.attempt}`;
    compared.differences.push(...difference("attempts", row, stored.get(attempt.attempt) ?? {}, { ...attempt }));
    stored.delete(attempt.attempt);
  }
  for (const attempt of stored.keys()) {
    const row = `${task.uid} ${attempt}`;
    compared.differences.push({ table: "attempts", row, column: "attempt", stored: attempt, derived: null });
  }
  compared.tasks.push({ id: task.id, columns, attempts: attempts.map((attempt) => ({ ...attempt })) });
}

function difference(table: Difference["table"], row: string, stored: object, derived: object): Difference[] {
  const now = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(derived)
    .filter(([column, value]) => now.get(column) !== value)
    .map(([column, value]) => ({ table, row, column, stored: now.get(column) ?? null, derived: value }));
}

/** Limits of a model decide when it is called, which nothing here does. */
const NO_CALL_LIMITS: CallLimits = {
  contextTokens: Number.MAX_SAFE_INTEGER,
  compactTokens: Number.MAX_SAFE_INTEGER,
  maxOutputTokens: 0,
  outputTokens: 0,
};

/** Returns the facts for `decide`, taken from the logs of the other tasks. Pauses are left out, because they only mask a status. */
function factsOf(store: RebuildSources, task: StoredTask, relatives: Map<string, Relative>): Facts {
  return {
    // Earlier than the end of every park: the scheduler decides when a park ends.
    nowMs: 0,
    lease: task.lease,
    held: false,
    letters: store.loader.letters(task.id),
    relatives,
    exhausted: null,
    turnsAllowed: task.turnsAllowed,
    limits: { ...TRIES, ...NO_CALL_LIMITS },
  };
}

function relativesOf(rows: { id: number }[], folded: Map<number, FoldedTask>): Map<string, Relative> {
  const relatives = new Map<string, Relative>();
  for (const { id } of rows) {
    const task = folded.get(id);
    if (!task) continue;
    const { ended, assignment } = task.state;
    const result = ended && { ...resultOf(task.uid, assignment.title, ended), text: ended.result };
    relatives.set(task.uid, { task: task.uid, status: ended?.status ?? "running", result });
  }
  return relatives;
}

function resultOf(task: string, title: string, ended: NonNullable<TaskState["ended"]>): SubtaskResult {
  const { status, reason, summary, verdict } = ended;
  return { task, title, status, reason, summary, verdict };
}

function derivedTask(task: FoldedTask, facts: Facts, stored: StoredTask): DerivedRow & RestingRow {
  const { state, endings } = task;
  const last = state.ended ? endings.at(-1) : undefined;
  return {
    ...rowOf(state),
    length: state.length,
    ...(state.ended ? endedStatus(state.ended) : restingStatus(state, facts, stored)),
    reason: state.ended?.reason ?? null,
    resultSeq: last?.seq ?? null,
    endedAtMs: last?.atMs ?? null,
  };
}

type Resting = Pick<RestingRow, "status" | "waitKind" | "parkedUntilMs" | "detail">;

function endedStatus({ status, detail }: { status: EndStatus; detail: string | null }): Resting {
  return { status, waitKind: null, parkedUntilMs: null, detail };
}

function restingStatus(state: TaskState, facts: Facts, row: StoredTask): Resting {
  const { status: stored, parkedUntilMs, detail } = row;
  // A task parked after interrupted leases is retried later, whatever its log says.
  if (stored === "parked" && row.fruitlessLeases > 0)
    return { status: stored, waitKind: row.waitKind, parkedUntilMs, detail };
  const active = {
    status: stored === "running" ? "running" : "ready",
    waitKind: null,
    parkedUntilMs: null,
    detail: null,
  };
  if (stored === "ready" || stored === "running") return active;
  let decision = decide(state, facts);
  // A parked task reads new letters only when its park ends, so apply those notes first.
  while (stored === "parked" && decision.kind === "note") {
    for (const entry of decision.entries) evolve(state, entry);
    decision = decide(state, facts);
  }
  if (decision.kind !== "rest") return active;
  if (decision.waits) {
    const { kind, untilMs } = decision.waits;
    return { status: "waiting", waitKind: kind, parkedUntilMs: untilMs ?? null, detail: null };
  }
  if (decision.parkedUntilMs === null) return active;
  return {
    status: "parked",
    waitKind: decision.parkedBy ?? null,
    parkedUntilMs: decision.parkedUntilMs,
    detail: decision.why ?? null,
  };
}
