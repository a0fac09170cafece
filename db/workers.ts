/** The processes that work on this database, and the leases of those that died. */
import { createActivity } from "./activity";
import type { Sqlite } from "./client";
import { StoreError } from "./errors";
import type { Log } from "./log";

export interface ProcessIdentity {
  pid: number;
  pidNamespace: string;
  /** Start time of the process as the kernel tells it, so that a reused process id is not taken for the old one. */
  processStart: string;
  bootId: string;
}

export type WorkerRole = "all" | "web" | "worker" | "run";

export interface WorkerRow extends ProcessIdentity {
  id: number;
  role: WorkerRole;
  address: string | null;
  heartbeat: number;
  startedAtMs: number;
  /** Null: it never gave a sign. */
  seenAtMs: number | null;
}

export interface Workers {
  /**
   * Rejects with a StoreError `in_use` when a living process serves this database already and this one would serve it
   * too: `all` and `web` exclude each other. `isAlive` is asked inside the transaction, so that of two that start at once one is refused.
   */
  register(
    identity: ProcessIdentity,
    role: WorkerRole,
    address: string | null,
    isAlive: (other: ProcessIdentity) => boolean,
  ): Promise<number>;
  /** False when the row is gone: another process took this one for dead, and its leases are lost. */
  beat(id: number): Promise<boolean>;
  list(): WorkerRow[];
  /** Gives one lease back: the task is ready again. Nothing happens when another worker has it by now. */
  giveBack(id: number, taskUid: string): Promise<void>;
  /** Takes the worker's row and leases away: its tasks are ready again. Returns how many there were. */
  remove(id: number): Promise<number>;
  /** The leases that it holds, and the first tasks of them. */
  holds(id: number): { leases: number; tasks: { id: string; tree_id: string; title: string }[] };
}

/** Of what a worker does, named; the others are counted. */
const SHOWN_TASKS = 5;

const serves = (role: WorkerRole) => role === "all" || role === "web";

function servedSentence(other: WorkerRow): string {
  const where = other.address ? ` at ${other.address}` : "";
  return `This database is served already by process ${other.pid}${where}: use that server, stop it first, or name another folder with BANYAN_DATA_DIR.`;
}

export function createWorkers(sqlite: Sqlite, log: Log): Workers {
  const insert = sqlite
    .prepare(`
    INSERT INTO workers (role, pid, pid_namespace, process_start, boot_id, address, started_at_ms)
    VALUES (@role, @pid, @pidNamespace, @processStart, @bootId, @address, @now) RETURNING id`)
    .pluck();
  const beat = sqlite.prepare("UPDATE workers SET heartbeat = heartbeat + 1, seen_at_ms = ? WHERE id = ?");
  const select = sqlite.prepare(`
    SELECT id, role, pid, pid_namespace AS pidNamespace, process_start AS processStart, boot_id AS bootId, address, heartbeat,
      started_at_ms AS startedAtMs, seen_at_ms AS seenAtMs
    FROM workers ORDER BY id`);
  /** The fencing number rises with the next claim; whoever makes it charges the promise to a call that nobody waits for. */
  const free = sqlite.prepare(`
    UPDATE tasks SET status = 'ready', worker_id = NULL, wait_kind = NULL WHERE status = 'running' AND worker_id = ?`);
  const freeOne = sqlite.prepare(`
    UPDATE tasks SET status = 'ready', worker_id = NULL, wait_kind = NULL
    WHERE uid = @uid AND worker_id = @id AND status = 'running'
    RETURNING id, tree_id AS treeId, (SELECT uid FROM trees WHERE trees.id = tree_id) AS treeUid`);
  const heldBy = sqlite.prepare("SELECT id FROM tasks WHERE status = 'running' AND worker_id = ?").pluck();
  const activity = createActivity(sqlite);
  const countHeld = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running' AND worker_id = ?").pluck();
  const heldTasks = sqlite.prepare(`
    SELECT task.uid AS id, tree.uid AS tree_id, task.title FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.status = 'running' AND task.worker_id = ? ORDER BY task.id LIMIT ${SHOWN_TASKS}`);
  const remove = sqlite.prepare("DELETE FROM workers WHERE id = ?");

  return {
    register: (identity, role, at, isAlive) =>
      log.write(({ nowMs }) => {
        const others = (select.all() as WorkerRow[]).filter(
          (other) => serves(role) && serves(other.role) && isAlive(other),
        );
        const [other] = others;
        if (other) throw new StoreError("in_use", servedSentence(other));
        return insert.get({ ...identity, role, address: at, now: nowMs }) as number;
      }),
    beat: (id) => log.write(({ nowMs }) => beat.run(Math.round(nowMs), id).changes > 0),
    list: () => select.all() as WorkerRow[],
    giveBack: (id, uid) =>
      log.write(({ nowMs, touch }) => {
        const freed = freeOne.get({ id, uid }) as { id: number; treeId: number; treeUid: string } | undefined;
        if (!freed) return;
        activity.end(freed.id, nowMs);
        touch({ id: freed.treeId, uid: freed.treeUid }, uid);
      }),
    remove: (id) =>
      log.write(({ nowMs }) => {
        for (const task of heldBy.all(id) as number[]) activity.end(task, nowMs);
        const freed = free.run(id).changes;
        remove.run(id);
        return freed;
      }),
    holds: (id) => ({
      leases: countHeld.get(id) as number,
      tasks: heldTasks.all(id) as { id: string; tree_id: string; title: string }[],
    }),
  };
}
