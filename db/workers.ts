/** The processes that work on this database, and the leases of those that died. */
import type { Sqlite } from "./client";
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
}

export interface Workers {
  register(identity: ProcessIdentity, role: WorkerRole, address: string | null): Promise<number>;
  setAddress(id: number, address: string): Promise<void>;
  beat(id: number): Promise<void>;
  list(): WorkerRow[];
  /** Takes the worker's row and leases away: its tasks are ready again. Returns how many there were. */
  remove(id: number): Promise<number>;
}

export function createWorkers(sqlite: Sqlite, log: Log): Workers {
  const insert = sqlite
    .prepare(`
    INSERT INTO workers (role, pid, pid_namespace, process_start, boot_id, address, started_at_ms)
    VALUES (@role, @pid, @pidNamespace, @processStart, @bootId, @address, @now) RETURNING id`)
    .pluck();
  const beat = sqlite.prepare("UPDATE workers SET heartbeat = heartbeat + 1 WHERE id = ?");
  const address = sqlite.prepare("UPDATE workers SET address = ? WHERE id = ?");
  const select = sqlite.prepare(`
    SELECT id, role, pid, pid_namespace AS pidNamespace, process_start AS processStart, boot_id AS bootId, address, heartbeat
    FROM workers ORDER BY id`);
  /** The fencing number rises with the next claim; the promise to a call that nobody waits for any more is taken back. */
  const free = sqlite.prepare(`
    UPDATE tasks SET status = 'ready', worker_id = NULL, wait_kind = NULL WHERE status = 'running' AND worker_id = ?`);
  const remove = sqlite.prepare("DELETE FROM workers WHERE id = ?");

  return {
    register: (identity, role, at) =>
      log.write(({ nowMs }) => insert.get({ ...identity, role, address: at, now: nowMs }) as number),
    setAddress: (id, at) => log.write(() => void address.run(at, id)),
    beat: (id) => log.write(() => void beat.run(id)),
    list: () => select.all() as WorkerRow[],
    remove: (id) =>
      log.write(() => {
        const freed = free.run(id).changes;
        remove.run(id);
        return freed;
      }),
  };
}
