/**
 * Ends leases without a record of their holder: given up, or taken from a worker that is dead, silent or stuck.
 * Call everything inside the log's transaction.
 *
 * A lease during which the log did not grow is fruitless. A task that is interrupted repeatedly is retried with growing
 * delays, so that a task that crashes its server leaves room for others. `FRUITLESS_LEASES` in a row end the task (see
 * agents/worker/worker.ts).
 */
import type { Sqlite } from "@/db/file/client";
import type { Moment } from "@/db/file/writes";
import { createActivity } from "./activity";

/** This many interruptions are retried without a delay, as after a restart or a kill. */
const AT_ONCE = 3;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;
/** With their delays about an hour, so that a disk failure of some minutes ends no task. */
export const FRUITLESS_LEASES = 20;

export interface FreedTask {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
}

const FREED = "id, uid, tree_id AS treeId, (SELECT uid FROM trees WHERE trees.id = tree_id) AS treeUid";

/** In an UPDATE, `fruitless_leases` on the right side is the old number. */
const BROKEN_OFF = `
  worker_id = NULL, fruitless_leases = fruitless_leases + 1,
  wait_kind = CASE WHEN fruitless_leases >= ${AT_ONCE} AND stop_requested = 0 THEN 'interrupted' END,
  status = CASE WHEN fruitless_leases < ${AT_ONCE} OR stop_requested = 1 THEN 'ready' ELSE 'parked' END,
  parked_until_ms = CASE WHEN fruitless_leases >= ${AT_ONCE} AND stop_requested = 0
    THEN @now + min(${LONGEST_DELAY_MS}, ${FIRST_DELAY_MS} << min(20, fruitless_leases - ${AT_ONCE})) END,
  detail = CASE WHEN fruitless_leases >= ${AT_ONCE} AND stop_requested = 0 THEN @why END`;

export function createLeases(sqlite: Sqlite) {
  const activity = createActivity(sqlite);
  const breakOffAll = sqlite.prepare(
    `UPDATE tasks SET ${BROKEN_OFF} WHERE status = 'running' AND worker_id = @worker RETURNING ${FREED}`,
  );
  const breakOffTask = sqlite.prepare(
    `UPDATE tasks SET ${BROKEN_OFF} WHERE uid = @uid AND worker_id = @worker AND lease = coalesce(@lease, lease)
      AND status = 'running' RETURNING ${FREED}`,
  );
  const giveBackTask = sqlite.prepare(`
    UPDATE tasks SET status = 'ready', worker_id = NULL, wait_kind = NULL
    WHERE uid = @uid AND worker_id = @worker AND lease = @lease AND status = 'running' RETURNING ${FREED}`);

  const heldBy = sqlite.prepare("SELECT uid, lease FROM tasks WHERE status = 'running' AND worker_id = ?");

  function ended(freed: FreedTask | undefined, at: Moment): FreedTask | null {
    if (freed) activity.end(freed.id, at.steadyMs);
    return freed ?? null;
  }

  return {
    /**
     * Ends a lease early without the task's fault; the task is ready again. Returns null when the task has another lease by
     * now.
     */
    giveBack: (worker: number, uid: string, lease: number, at: Moment) =>
      ended(giveBackTask.get({ worker, uid, lease }) as FreedTask | undefined, at),
    /**
     * Ends a lease whose work was interrupted. `why`: what broke it off, kept while the task is parked. `lease` null means
     * any lease.
     */
    breakOff: (worker: number, uid: string, lease: number | null, why: string | null, at: Moment) =>
      ended(breakOffTask.get({ worker, uid, lease, why, now: at.nowMs }) as FreedTask | undefined, at),
    /**
     * Ends all leases of a worker that is dead or was declared dead. When the task `atWork` is among them, the others
     * were not the cause, and are ready at once.
     */
    breakOffAll(worker: number, atWork: string | null, at: Moment): FreedTask[] {
      const held = heldBy.all(worker) as { uid: string; lease: number }[];
      const bystanders = held.some(({ uid }) => uid === atWork) ? held.filter(({ uid }) => uid !== atWork) : [];
      const givenBack = bystanders.flatMap(({ uid, lease }) => {
        return (giveBackTask.get({ worker, uid, lease }) as FreedTask | undefined) ?? [];
      });
      const freed = [...givenBack, ...(breakOffAll.all({ worker, why: null, now: at.nowMs }) as FreedTask[])];
      for (const task of freed) activity.end(task.id, at.steadyMs);
      return freed;
    },
    /** Ends all leases of a worker that ends in order. */
    giveBackAll(worker: number, at: Moment): number {
      const held = heldBy.all(worker) as { uid: string; lease: number }[];
      for (const { uid, lease } of held) this.giveBack(worker, uid, lease, at);
      return held.length;
    },
  };
}
