/** Registers the processes that work on this database, and frees the leases of dead processes. */
import type { Sqlite } from "@/db/file/client";
import { StoreError } from "@/db/file/errors";
import type { ProcessIdentity } from "@/db/file/process-identity";
import type { Writes } from "@/db/file/writes";
import { createLeases } from "@/db/records/leases";
import type { TraceRecords } from "@/db/traces/trace-record";

export type WorkerRole = "all" | "web" | "worker" | "run";

export interface WorkerRow extends ProcessIdentity {
  id: number;
  role: WorkerRole;
  address: string | null;
  heartbeat: number;
  startedAtMs: number;
  /** Time of the last heartbeat; null before the first. */
  seenAtMs: number | null;
}

interface HeldLease {
  uid: string;
  lease: number;
}

export interface Workers {
  /**
   * Registers a process. Rejects with a StoreError `in_use` when a live process already serves this database and this
   * one would too (`all` and `web`). Calls `isAlive` inside the transaction, so that only one of two simultaneous starts wins.
   */
  register(
    identity: ProcessIdentity,
    role: WorkerRole,
    address: string | null,
    isAlive: (other: ProcessIdentity) => boolean,
  ): Promise<number>;
  /** Writes a heartbeat. Resolves with false when the row is gone: another process declared this one dead and freed its leases. */
  beat(id: number): Promise<boolean>;
  list(): WorkerRow[];
  /** Ends one lease, so that the task is ready again. Does nothing when the task has another lease by now. */
  giveBack(id: number, held: HeldLease): Promise<void>;
  /**
   * Ends a lease whose work was interrupted. The task is retried, with growing delays while it makes no progress.
   * `why` is stored as the reason of such a park; null when unknown.
   */
  breakOff(id: number, held: HeldLease, why: string | null): Promise<void>;
  /** Removes a worker that ends in order; its tasks are ready again. */
  leave(id: number): Promise<void>;
  /**
   * Removes a dead or silent worker and frees its leases. Resolves with their number. `atWork` is the task that it worked
   * on last: only its lease counts as fruitless. Null, or a task that it no longer held: all of them may be the cause.
   */
  remove(id: number, atWork?: string | null): Promise<number>;
  /** Returns why this process's worker cannot continue its tasks now, or null. Kept in memory. */
  fault(): string | null;
  noteFault(fault: string | null): void;
  /** Returns the number of leases of a worker, and their first tasks. */
  holds(id: number): { leases: number; tasks: { id: string; tree_id: string; title: string }[] };
}

/**
 * Returns the worker that supervises all trees: the oldest one of a server. A command works on one tree only, so it leads
 * only without a server.
 */
export function leaderOf(rows: readonly WorkerRow[]): WorkerRow | undefined {
  return rows.find(({ role }) => role === "all" || role === "worker") ?? rows.find(({ role }) => role === "run");
}

/** Most tasks of a worker to name; the others are counted. */
const SHOWN_TASKS = 5;
const MOST_WHY_CHARS = 300;

type StoredWorker = Omit<WorkerRow, "launch"> & { home: string | null; number: number | null; release: number | null };

function workerRow({ home, number, release, ...row }: StoredWorker): WorkerRow {
  const launch = home === null || number === null ? null : { home, number, release: release ?? 0 };
  return { ...row, launch };
}

const serves = (role: WorkerRole) => role === "all" || role === "web";

function servedSentence(other: WorkerRow): string {
  const where = other.address ? ` at ${other.address}` : "";
  return `Process ${other.pid}${where} already serves this database: use that server, stop it, or set BANYAN_DATA_DIR to another folder.`;
}

export function createWorkers(sqlite: Sqlite, log: Writes, traces: Pick<TraceRecords, "noteCuts">): Workers {
  const insert = sqlite
    .prepare(`
    INSERT INTO workers (role, pid, pid_namespace, process_start, boot_id, address, started_at_ms, home, launch, release)
    VALUES (@role, @pid, @pidNamespace, @processStart, @bootId, @address, @now, @home, @number, @release) RETURNING id`)
    .pluck();
  const beat = sqlite.prepare("UPDATE workers SET heartbeat = heartbeat + 1, seen_at_ms = ? WHERE id = ?");
  const select = sqlite.prepare(`
    SELECT id, role, pid, pid_namespace AS pidNamespace, process_start AS processStart, boot_id AS bootId, address, heartbeat,
      home, launch AS number, release, started_at_ms AS startedAtMs, seen_at_ms AS seenAtMs
    FROM workers ORDER BY id`);
  const leases = createLeases(sqlite);
  let fault: string | null = null;
  const countHeld = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running' AND worker_id = ?").pluck();
  const heldTasks = sqlite.prepare(`
    SELECT task.uid AS id, tree.uid AS tree_id, task.title FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.status = 'running' AND task.worker_id = ? ORDER BY task.id LIMIT ${SHOWN_TASKS}`);
  const remove = sqlite.prepare("DELETE FROM workers WHERE id = ?");
  const list = () => (select.all() as StoredWorker[]).map(workerRow);

  return {
    register: (identity, role, at, isAlive) =>
      log.write(({ nowMs }) => {
        const others = list().filter((other) => serves(role) && serves(other.role) && isAlive(other));
        const [other] = others;
        if (other) throw new StoreError("in_use", servedSentence(other));
        const launch = identity.launch ?? { home: null, number: null, release: null };
        return insert.get({ ...identity, ...launch, role, address: at, now: nowMs }) as number;
      }),
    beat: (id) => log.write(({ nowMs }) => beat.run(Math.round(nowMs), id).changes > 0),
    list,
    giveBack: (id, { uid, lease }) =>
      log.write(({ touch, ...at }) => {
        const freed = leases.giveBack(id, uid, lease, at);
        if (freed) touch({ id: freed.treeId, uid: freed.treeUid }, uid);
      }),
    breakOff: (id, { uid, lease }, why) =>
      log.write(({ touch, ...at }) => {
        const freed = leases.breakOff(id, uid, lease, why?.slice(0, MOST_WHY_CHARS) ?? null, at);
        if (freed) touch({ id: freed.treeId, uid: freed.treeUid }, uid);
      }),
    leave: (id) =>
      log.write((at) => {
        leases.giveBackAll(id, at);
        remove.run(id);
      }),
    remove: (id, atWork = null) =>
      log.write(({ touch, ...at }) => {
        traces.noteCuts(id, at.nowMs);
        const freed = leases.breakOffAll(id, atWork, at);
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
