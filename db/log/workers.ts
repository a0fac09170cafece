/** The processes that work on this database, and the leases of those that died. */
import type { Sqlite } from "@/db/file/client";
import { StoreError } from "@/db/file/errors";
import type { Writes } from "@/db/file/writes";
import { createLeases } from "@/db/records/leases";

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

export interface HeldLease {
  uid: string;
  lease: number;
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
  /** Gives one lease back: the task is ready again. Nothing happens when it has another lease by now. */
  giveBack(id: number, held: HeldLease): Promise<void>;
  /**
   * The work under a lease broke off: the task is tried again, later and later when that happens without a step forward.
   * `why` is kept as the reason of such a park; null: none is known.
   */
  breakOff(id: number, held: HeldLease, why: string | null): Promise<void>;
  /** The worker ends in order: its row is gone, its tasks are ready again. */
  leave(id: number): Promise<void>;
  /** Takes row and leases of a dead or silent worker away. Returns how many leases there were. */
  remove(id: number): Promise<number>;
  /** Why this process's own worker cannot go on with its tasks at present; null: it can. In memory. */
  fault(): string | null;
  noteFault(fault: string | null): void;
  /** The leases that it holds, and the first tasks of them. */
  holds(id: number): { leases: number; tasks: { id: string; tree_id: string; title: string }[] };
}

/** Of what a worker does, named; the others are counted. */
const SHOWN_TASKS = 5;
const MOST_WHY_CHARS = 300;

const serves = (role: WorkerRole) => role === "all" || role === "web";

function servedSentence(other: WorkerRow): string {
  const where = other.address ? ` at ${other.address}` : "";
  return `This database is served already by process ${other.pid}${where}: use that server, stop it first, or name another folder with BANYAN_DATA_DIR.`;
}

export function createWorkers(sqlite: Sqlite, log: Writes): Workers {
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
  const leases = createLeases(sqlite);
  let fault: string | null = null;
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
    giveBack: (id, { uid, lease }) =>
      log.write(({ touch, ...at }) => {
        const freed = leases.giveBack(id, uid, lease, at);
        if (freed) touch({ id: freed.treeId, uid: freed.treeUid }, uid);
      }),
    breakOff: (id, { uid, lease }, why) =>
      log.write(({ touch, ...at }) => {
        const freed = leases.breakOff(id, uid, lease, why === null ? "" : `: ${why.slice(0, MOST_WHY_CHARS)}`, at);
        if (freed) touch({ id: freed.treeId, uid: freed.treeUid }, uid);
      }),
    leave: (id) =>
      log.write((at) => {
        leases.giveBackAll(id, at);
        remove.run(id);
      }),
    remove: (id) =>
      log.write(({ touch, ...at }) => {
        const freed = leases.breakOffAll(id, at);
        for (const { treeId, treeUid, uid } of freed) touch({ id: treeId, uid: treeUid }, uid);
        remove.run(id);
        return freed.length;
      }),
    fault: () => fault,
    noteFault(next) {
      fault = next;
    },
    holds: (id) => ({
      leases: countHeld.get(id) as number,
      tasks: heldTasks.all(id) as { id: string; tree_id: string; title: string }[],
    }),
  };
}
