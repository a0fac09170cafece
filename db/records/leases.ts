/**
 * Leases that end without a record of their holder: given back, or taken from a worker that is dead, silent or stuck.
 * Call everything inside the log's transaction.
 *
 * A lease under which the log did not grow is fruitless. Whoever breaks off again and again is tried again later and later, so
 * that a task that takes its server down leaves the others room; `FRUITLESS_LEASES` of them in a row end it (see agents/worker/worker.ts).
 */

import type { Sqlite } from "@/db/file/client";
import type { Moment } from "@/db/file/writes";
import { createActivity } from "./activity";

/** So many are tried again at once: a restart, a kill. */
const AT_ONCE = 3;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;
/** With the delays between them about an hour: a disk that cannot be read for some minutes ends nothing. */
export const FRUITLESS_LEASES = 20;

export interface FreedTask {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
}

const FREED = "id, uid, tree_id AS treeId, (SELECT uid FROM trees WHERE trees.id = tree_id) AS treeUid";

/** `fruitless_leases` on the right of an assignment is the number before. */
const BROKEN_OFF = `
  worker_id = NULL, wait_kind = NULL, fruitless_leases = fruitless_leases + 1,
  status = CASE WHEN fruitless_leases < ${AT_ONCE} OR stop_requested = 1 THEN 'ready' ELSE 'parked' END,
  parked_until_ms = CASE WHEN fruitless_leases >= ${AT_ONCE} AND stop_requested = 0
    THEN @now + min(${LONGEST_DELAY_MS}, ${FIRST_DELAY_MS} << min(20, fruitless_leases - ${AT_ONCE})) END,
  detail = CASE WHEN fruitless_leases >= ${AT_ONCE} AND stop_requested = 0
    THEN 'Its work broke off ' || (fruitless_leases + 1) || ' times without a step forward' || @why || '. It is tried again at this time.' END`;

export function createLeases(sqlite: Sqlite) {
  const activity = createActivity(sqlite);
  const breakOffAll = sqlite.prepare(
    `UPDATE tasks SET ${BROKEN_OFF} WHERE status = 'running' AND worker_id = @worker RETURNING ${FREED}`,
  );
  const breakOffOne = sqlite.prepare(
    `UPDATE tasks SET ${BROKEN_OFF} WHERE uid = @uid AND worker_id = @worker AND lease = coalesce(@lease, lease)
      AND status = 'running' RETURNING ${FREED}`,
  );
  const giveBackOne = sqlite.prepare(`
    UPDATE tasks SET status = 'ready', worker_id = NULL, wait_kind = NULL
    WHERE uid = @uid AND worker_id = @worker AND lease = @lease AND status = 'running' RETURNING ${FREED}`);

  const heldBy = sqlite.prepare("SELECT uid, lease FROM tasks WHERE status = 'running' AND worker_id = ?");

  function ended(freed: FreedTask | undefined, at: Moment): FreedTask | null {
    if (freed) activity.end(freed.id, at.steadyMs);
    return freed ?? null;
  }

  return {
    /** Its work ended before it was done, for no fault of the task's: it is ready again. Null: the lease was another one by now. */
    giveBack: (worker: number, uid: string, lease: number, at: Moment) =>
      ended(giveBackOne.get({ worker, uid, lease }) as FreedTask | undefined, at),
    /** Its work broke off. `why`: a part of a sentence that begins with a colon, or nothing. `lease` null: whichever it holds. */
    breakOff: (worker: number, uid: string, lease: number | null, why: string, at: Moment) =>
      ended(breakOffOne.get({ worker, uid, lease, why, now: at.nowMs }) as FreedTask | undefined, at),
    /** Everything that a worker held that is gone, or taken for gone. */
    breakOffAll(worker: number, at: Moment): FreedTask[] {
      const freed = breakOffAll.all({ worker, why: "", now: at.nowMs }) as FreedTask[];
      for (const task of freed) activity.end(task.id, at.steadyMs);
      return freed;
    },
    /** Everything that a worker held that ends in order. */
    giveBackAll(worker: number, at: Moment): number {
      const held = heldBy.all(worker) as { uid: string; lease: number }[];
      for (const { uid, lease } of held) this.giveBack(worker, uid, lease, at);
      return held.length;
    },
  };
}
