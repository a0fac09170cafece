/** Says whether a worker is alive for the trees of this database, as far as this process can see. */
import type { WorkerRole, WorkerRow } from "@/db/log/workers";
import type { Store } from "@/db/store";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import { UsageError } from "@/scripts/cli/print/output";

/** A worker whose heartbeat has not advanced for this long counts as dead, even if its process is alive. */
const STILL_MS = 30_000;

export interface WorkerWatch {
  /** Whether a server or worker is alive that takes tasks of any tree. A `run` does not count: it works on its own tree only. */
  isLive(): boolean;
  /** Like `isLive`, but a `run` counts too, because this process cannot tell which tree it works on. */
  mayBeWorked(): boolean;
}

export function watchWorkers(store: Store, monotonic: () => number = () => performance.now()): WorkerWatch {
  const own = ownIdentity();
  const beats = new Map<number, { heartbeat: number; sinceMs: number }>();
  function works(worker: WorkerRow): boolean {
    if (livenessOf(worker, own) === "dead") return false;
    const last = beats.get(worker.id);
    if (last?.heartbeat === worker.heartbeat) return monotonic() - last.sinceMs < STILL_MS;
    beats.set(worker.id, { heartbeat: worker.heartbeat, sinceMs: monotonic() });
    return true;
  }
  const ofRoles = (...roles: WorkerRole[]) =>
    store.workers
      .list()
      .filter((worker) => roles.includes(worker.role))
      .some(works);
  return {
    isLive: () => ofRoles("all", "worker"),
    mayBeWorked: () => ofRoles("all", "worker", "run"),
  };
}

/**
 * Throws UsageError when nothing does what the command has asked for, as a phrase after "would": waiting would not end. A
 * `run` does not count, because it works on its own tree only.
 */
export function needServer(store: Store, what: string): void {
  if (watchWorkers(store).isLive()) return;
  throw new UsageError(`No server runs, which would ${what}: start one with \`npx banyan\`, and it does so then.`);
}

/** Releases the tasks that dead processes had leased, so that they can be stopped or deleted. */
export async function freeDeadWorkers(store: Store): Promise<void> {
  const own = ownIdentity();
  for (const worker of store.workers.list())
    if (livenessOf(worker, own) === "dead") await store.workers.remove(worker.id);
}
