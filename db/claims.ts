import { createActivity } from "./activity";
import type { Sqlite } from "./client";
import { type GrantRow, grantOf } from "./grants";
import { HALTED } from "./halt";
import type { Claimer } from "./log";
import type { LeasedTask } from "./records";
import { GRANT_COLUMNS } from "./statements";

type ClaimRow = Omit<LeasedTask, "held" | "grant" | "deadlineMs"> & GrantRow & { held: number };

/**
 * Leases of tasks. A claim takes the first ready tasks by priority, then by age, raises their fencing number and names
 * the worker; a worker that was taken for dead gets none, because nobody would free them.
 * `MAX_CONCURRENT_AGENTS` counts the leases in the whole database.
 */
export function createClaims(sqlite: Sqlite) {
  const activity = createActivity(sqlite);
  const running = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running'").pluck();
  const readyTimed = sqlite.prepare(
    "UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL, detail = NULL WHERE parked_until_ms <= ? AND status IN ('parked', 'waiting')",
  );
  const firstReady = (filter: string) =>
    sqlite
      .prepare(`
      SELECT id FROM tasks WHERE status = 'ready' AND (holds + ${HALTED} = 0 OR stop_requested = 1) ${filter}
      ORDER BY priority DESC, id LIMIT @count`)
      .pluck();
  const readyAny = firstReady("");
  const readyOfTree = firstReady("AND tree_id = @tree");
  const lease = sqlite.prepare(`
    UPDATE tasks SET status = 'running', worker_id = @worker, lease = lease + 1, wait_kind = NULL,
      started_at_ms = coalesce(started_at_ms, @now)
    WHERE id = @id AND EXISTS (SELECT 1 FROM workers WHERE id = @worker)
    RETURNING id, uid, tree_id AS treeId, (SELECT uid FROM trees WHERE trees.id = tree_id) AS treeUid,
      parent_id AS parentId, lease, length, holds + ${HALTED} > 0 AS held, letters, turns_allowed AS turnsAllowed, priority,
      fruitless_leases AS fruitlessLeases, ${GRANT_COLUMNS}`);

  const hasWork = sqlite
    .prepare(`
    SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'ready' AND (holds + ${HALTED} = 0 OR stop_requested = 1))
      OR EXISTS (SELECT 1 FROM tasks WHERE parked_until_ms <= ? AND status IN ('parked', 'waiting'))`)
    .pluck();

  function claimOf(row: ClaimRow, nowMs: number): LeasedTask {
    const { id, uid, treeId, treeUid, parentId, length, letters, turnsAllowed, priority, fruitlessLeases } = row;
    const held = row.held === 1;
    const deadlineMs = deadlineOf(row, nowMs);
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
      held,
      deadlineMs,
      grant,
    };
  }

  /** When its capped seconds are used up, if it goes on until then. */
  function deadlineOf({ id, capSeconds }: ClaimRow, nowMs: number): number | null {
    return capSeconds === null ? null : nowMs + capSeconds * 1_000 - activity.usedMs(id, nowMs);
  }

  return {
    /** Whether a claim would find anything: asked without taking the write lock. */
    hasWork: (nowMs: number) => hasWork.get(nowMs) === 1,
    /** Call inside a transaction. At most `count` tasks, and never more leases than `maxConcurrent` in all. */
    take(claimer: Claimer, count: number, maxConcurrent: number, nowMs: number): LeasedTask[] {
      // Most commits find nothing, and an UPDATE of many rows prepares to be undone even when it changes none.
      if (hasWork.get(nowMs) !== 1) return [];
      readyTimed.run(nowMs);
      const free = Math.min(count, maxConcurrent - (running.get() as number));
      if (free <= 0) return [];
      const ids = (
        claimer.treeId === null ? readyAny.all({ count: free }) : readyOfTree.all({ count: free, tree: claimer.treeId })
      ) as number[];
      return ids.flatMap((id) => {
        const leased = lease.get({ id, worker: claimer.workerId, now: nowMs }) as ClaimRow | undefined;
        if (!leased) return [];
        // Seconds are kept only where they are capped.
        if (leased.capSeconds !== null) activity.begin(id, nowMs);
        return [claimOf(leased, nowMs)];
      });
    },
  };
}
