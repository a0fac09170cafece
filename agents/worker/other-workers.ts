/** The rows of workers: this one's own, and those of workers that died, which free their leases. */

import { endDescendants } from "@/lib/process/descendants";
import { livenessOf } from "@/lib/process/identity";
import { STILL_MS, type WorkerContext } from "./worker-context";

/** The id of this worker's new row. */
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
    // A server of pages alone holds no lease and gives no sign: only when it is dead is its row of no use.
    const isGone = stoodStill && (one.role !== "web" || liveness === "unknown");
    if (liveness !== "dead" && !isGone) continue;
    // It cannot end what it started while it stands still, and nothing may be begun for its tasks beside that (DESIGN: leases).
    if (liveness === "alive") await endOf(one, identity);
    await store.workers.remove(one.id);
  }
}
