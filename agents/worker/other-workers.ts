/** The rows of workers: registers this worker, and removes dead workers, which releases their leases. */
import { crashOf, isSameProcess, type StoredStart } from "@/db/log/starts";
import type { WorkerRow } from "@/db/log/workers";
import { endDescendants } from "@/lib/process/descendants";
import { livenessOf, type ProcessIdentity } from "@/lib/process/identity";
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
  for (const worker of store.workers.list()) {
    if (worker.id === context.id) continue;
    const liveness = livenessNow(worker, identity);
    const last = seen.get(worker.id);
    if (!last || last.heartbeat !== worker.heartbeat)
      seen.set(worker.id, { heartbeat: worker.heartbeat, sinceMs: monotonic() });
    const stoodStill = last?.heartbeat === worker.heartbeat && monotonic() - last.sinceMs > STILL_MS;
    // A web-only process holds no lease, so one that can be seen from here is removed only when it is dead.
    const isGone = stoodStill && (worker.role !== "web" || liveness === "unknown");
    if (liveness !== "dead" && !isGone) continue;
    // A frozen worker cannot end its own programs, and its tasks must not start others beside them.
    if (liveness === "alive") await endOf(worker, identity);
    // The row tells when the process was last seen, so the journal takes this over before the row goes.
    if (liveness === "dead") await closeStarts(store, worker, identity);
    await store.workers.remove(worker.id, options.atWork?.last(worker.id) ?? null);
    options.atWork?.forget(worker.id);
  }
}

/** Writes the end of a dead process into the journal of starts. */
async function closeStarts({ starts }: WorkerContext["store"], row: WorkerRow, own: ProcessIdentity): Promise<void> {
  const isOpen = ({ process, end }: StoredStart) => end === null && isSameProcess(process, row);
  if (starts.list().some(isOpen)) await starts.close((start) => (isOpen(start) ? crashOf(start, [row], own) : null));
}
