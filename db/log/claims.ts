import type { Sqlite } from "@/db/file/client";
import type { Moment } from "@/db/file/writes";
import { type Activity, createActivity } from "@/db/records/activity";
import { type GrantRow, grantOf } from "@/db/records/grants";
import { HALTED } from "@/db/records/halt";
import type { LeasedTask } from "@/db/records/records";
import { GRANT_COLUMNS } from "@/db/records/statements";

/** A worker that wants tasks. Each flush asks it for free slots and delivers its claims after the commit. */
export interface Claimer {
  workerId: number;
  /** The only tree to take tasks from; null: any tree. */
  treeId: number | null;
  freeSlots(): number;
  /** Whether it takes tasks; false while it shuts down. */
  isOpen(): boolean;
  /** Whether it takes only tasks that are to be stopped, because a limit is reached. */
  stopsOnly(): boolean;
  /** The pools of runners with a free slot: trees of other pools start nothing. Null: no tree has a pool. */
  openPools(): readonly string[] | null;
  deliver(claims: LeasedTask[]): void;
}

type ClaimRow = Omit<LeasedTask, "held" | "grant" | "deadlineMs"> & GrantRow & { held: number };

export interface Claims {
  /** Returns whether a claim would find a task. Does not take the write lock. `stopsOnly`: one that is to be stopped. */
  hasWork(nowMs: number, stopsOnly: boolean): boolean;
  /** Leases at most `count` tasks and never more than `maxConcurrent` in total. Call inside a transaction. */
  take(claimer: Claimer, count: number, maxConcurrent: number, at: Moment): LeasedTask[];
}

interface ClaimsContext {
  run: ReturnType<typeof claimStatements>;
  activity: Activity;
}

/**
 * Leases tasks to workers. A claim takes ready tasks by priority, then by age, raises their fencing number and stores
 * the worker. A worker that was declared dead gets no leases, because nothing would end them.
 * `MAX_CONCURRENT_AGENTS` limits the leases in the whole database.
 */
export function createClaims(sqlite: Sqlite): Claims {
  const context: ClaimsContext = { run: claimStatements(sqlite), activity: createActivity(sqlite) };
  return {
    hasWork: (nowMs, stopsOnly) => hasWork(context, nowMs, stopsOnly),
    take: (claimer, count, maxConcurrent, at) => take(context, claimer, count, maxConcurrent, at),
  };
}

/** SQL condition: the task's tree has no pool, or one of `@openPools`, which have a runner with a free slot. */
export const HAS_RUNNER = `NOT EXISTS (
  SELECT 1 FROM places WHERE places.tree_id = tasks.tree_id AND places.pool NOT IN (SELECT value FROM json_each(@openPools)))`;

function claimStatements(sqlite: Sqlite) {
  const firstReady = (filter: string) =>
    sqlite
      .prepare(`
      SELECT id FROM tasks WHERE status = 'ready' AND (holds + ${HALTED} + @stopsOnly = 0 OR stop_requested = 1) ${filter}
      ORDER BY priority DESC, id LIMIT @count`)
      .pluck();
  return {
    hasWork: sqlite
      .prepare(`
      SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'ready' AND (holds + ${HALTED} + @stopsOnly = 0 OR stop_requested = 1))
        OR EXISTS (SELECT 1 FROM tasks WHERE parked_until_ms <= @now AND status IN ('parked', 'waiting'))`)
      .pluck(),
    running: sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running'").pluck(),
    readyTimed: sqlite.prepare(
      "UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL, detail = NULL WHERE parked_until_ms <= ? AND status IN ('parked', 'waiting')",
    ),
    readyAny: firstReady(""),
    readyOfTree: firstReady("AND tree_id = @tree"),
    /** Where trees have pools; a task that is to be stopped needs no runner. */
    readyInPools: firstReady(`AND (@tree IS NULL OR tree_id = @tree) AND (stop_requested = 1 OR ${HAS_RUNNER})`),
    lease: sqlite.prepare(`
      UPDATE tasks SET status = 'running', worker_id = @worker, lease = lease + 1, wait_kind = NULL,
        started_at_ms = coalesce(started_at_ms, @now)
      WHERE id = @id AND EXISTS (SELECT 1 FROM workers WHERE id = @worker)
      RETURNING id, uid, tree_id AS treeId, (SELECT uid FROM trees WHERE trees.id = tree_id) AS treeUid,
        parent_id AS parentId, lease, length, holds + ${HALTED} > 0 AS held, letters, turns_allowed AS turnsAllowed, priority,
        fruitless_leases AS fruitlessLeases, started_at_ms AS startedAtMs, ${GRANT_COLUMNS}`),
  };
}

function hasWork({ run }: ClaimsContext, nowMs: number, stopsOnly: boolean): boolean {
  return run.hasWork.get({ now: nowMs, stopsOnly: Number(stopsOnly) }) === 1;
}

function take(
  context: ClaimsContext,
  claimer: Claimer,
  count: number,
  maxConcurrent: number,
  { nowMs, steadyMs }: Moment,
): LeasedTask[] {
  const { run, activity } = context;
  // Most commits find nothing, and an UPDATE of many rows has the cost of a possible rollback even when it changes none.
  const stopsOnly = claimer.stopsOnly();
  if (!hasWork(context, nowMs, stopsOnly)) return [];
  run.readyTimed.run(nowMs);
  const free = Math.min(count, maxConcurrent - (run.running.get() as number));
  if (free <= 0) return [];
  const ids = readyIds(run, claimer, free, Number(stopsOnly));
  return ids.flatMap((id) => {
    const leased = run.lease.get({ id, worker: claimer.workerId, now: nowMs }) as ClaimRow | undefined;
    if (!leased) return [];
    // Seconds are counted only where they are capped.
    if (leased.capSeconds !== null) activity.begin(id, steadyMs);
    return [claimOf(context, leased, steadyMs)];
  });
}

function readyIds(run: ClaimsContext["run"], claimer: Claimer, count: number, stopsOnly: number): number[] {
  const { treeId } = claimer;
  const openPools = claimer.openPools();
  if (openPools !== null)
    return run.readyInPools.all({ count, stopsOnly, tree: treeId, openPools: JSON.stringify(openPools) }) as number[];
  if (treeId === null) return run.readyAny.all({ count, stopsOnly }) as number[];
  return run.readyOfTree.all({ count, stopsOnly, tree: treeId }) as number[];
}

function claimOf(context: ClaimsContext, row: ClaimRow, steadyMs: number): LeasedTask {
  const { id, uid, treeId, treeUid, parentId, length, letters, turnsAllowed, priority, fruitlessLeases, startedAtMs } =
    row;
  const held = row.held === 1;
  const deadlineMs = deadlineOf(context, row, steadyMs);
  const grant = grantOf(row);
  return {
    id,
    uid,
    treeId,
    treeUid,
    parentId,
    lease: row.lease,
    length,
    letters,
    turnsAllowed,
    priority,
    fruitlessLeases,
    startedAtMs,
    held,
    deadlineMs,
    grant,
  };
}

/** Returns when the task's capped seconds are used up if it keeps running, on the steady clock; null without a cap. */
function deadlineOf({ activity }: ClaimsContext, { id, capSeconds }: ClaimRow, steadyMs: number): number | null {
  return capSeconds === null ? null : steadyMs + capSeconds * 1_000 - activity.usedMs(id, steadyMs);
}
