/** The rows of workers: registers this worker, and removes dead workers, which releases their leases. */

import { endDescendants } from "@/lib/process/descendants";
import { livenessOf } from "@/lib/process/identity";
import { STILL_MS, type WorkerContext } from "./worker-context";

/** Writes this worker's new row and returns its id. */
export function register({ store, options }: WorkerContext): Promise<number> {
  return store.workers.register(options.identity, options.role, options.address ?? null, (other) => {
    return livenessOf(other, options.identity) === "alive";
  });
}

export async function freeDeadWorkers(context: WorkerContext): Promise<void> {
  const { store, options, seen, monotonic } = context;
  const { liveness: livenessNow = livenessOf, endDescendants: endOf = endDescendants, identity } = options;
  for (const one of store.workers.list()) {
    if (one.id === context.id) continue;
    const liveness = livenessNow(one, identity);
    const last = seen.get(one.id);
    if (!last || last.heartbeat !== one.heartbeat) seen.set(one.id, { heartbeat: one.heartbeat, sinceMs: monotonic() });
    const stoodStill = last?.heartbeat === one.heartbeat && monotonic() - last.sinceMs > STILL_MS;
    // A web-only process holds no lease and writes no heartbeat, so its row is removed only when the process is dead.
    const isGone = stoodStill && (one.role !== "web" || liveness === "unknown");
    if (liveness !== "dead" && !isGone) continue;
    // A frozen worker cannot end its own programs, and its tasks must not start others beside them (DESIGN: leases).
    if (liveness === "alive") await endOf(one, identity);
    await store.workers.remove(one.id);
  }
}
