/** Whether anybody works on the trees of this database, as far as can be seen from here. */
import type { Store } from "@/db/store";
import type { WorkerRow } from "@/db/workers";
import { livenessOf, ownIdentity, type ProcessIdentity } from "@/lib/process/identity";

/** A worker whose heartbeat stood still for so long works on nothing, whatever its process does. */
const STILL_MS = 30_000;

export interface WorkerWatch {
  /** A server or a worker that takes tasks of any tree. A `run` works on its own tree alone, and counts for nobody else. */
  isLive(): boolean;
}

export function watchWorkers(store: Store, monotonic: () => number = () => performance.now()): WorkerWatch {
  const own = ownIdentity();
  const beats = new Map<number, { heartbeat: number; sinceMs: number }>();
  return {
    isLive() {
      return store.workers.list().some((worker) => {
        if (worker.role !== "all" && worker.role !== "worker") return false;
        const last = beats.get(worker.id);
        if (!last || last.heartbeat !== worker.heartbeat) {
          beats.set(worker.id, { heartbeat: worker.heartbeat, sinceMs: monotonic() });
          return livenessOf(worker, own) !== "dead";
        }
        return livenessOf(worker, own) !== "dead" && monotonic() - last.sinceMs < STILL_MS;
      });
    },
  };
}

export function livenessOfWorker(worker: WorkerRow, own: ProcessIdentity = ownIdentity()): string {
  return livenessOf(worker, own);
}

/** Gives back what processes that are no more had taken, so that it can be stopped or deleted. */
export async function freeDeadWorkers(store: Store): Promise<void> {
  const own = ownIdentity();
  for (const worker of store.workers.list())
    if (livenessOf(worker, own) === "dead") await store.workers.remove(worker.id);
}
