/** Whether anybody works on the trees of this database, as far as can be seen from here. */

import type { WorkerRole, WorkerRow } from "@/db/log/workers";
import type { Store } from "@/db/store";
import { livenessOf, ownIdentity } from "@/lib/process/identity";

/** A worker whose heartbeat stood still for so long works on nothing, whatever its process does. */
const STILL_MS = 30_000;

export interface WorkerWatch {
  /** A server or a worker that takes tasks of any tree. A `run` works on its own tree alone, and counts for nobody else. */
  isLive(): boolean;
  /** Also a `run` of any tree: whether it is this one cannot be told from here. */
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

/** Gives back what processes that are no more had taken, so that it can be stopped or deleted. */
export async function freeDeadWorkers(store: Store): Promise<void> {
  const own = ownIdentity();
  for (const worker of store.workers.list())
    if (livenessOf(worker, own) === "dead") await store.workers.remove(worker.id);
}
