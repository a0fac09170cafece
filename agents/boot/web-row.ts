/**
 * The row of a process that only answers people. It has no worker, but its heartbeat shows that it lives, like a
 * worker's.
 */
import type { Workers } from "@/db/log/workers";
import { livenessOf, type ProcessIdentity } from "@/lib/process/identity";
import type { Timers } from "@/lib/time/timers";

const HEARTBEAT_MS = 5_000;

interface WebRowOptions {
  workers: Workers;
  own: ProcessIdentity;
  address: string | null;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Registers the process and writes its heartbeat until `stop`. Rejects with StoreError `in_use`. */
export async function keepWebRow({ workers, own, address, timers, report }: WebRowOptions) {
  const register = () => workers.register(own, "web", address, (other) => livenessOf(other, own) === "alive");
  let id = await register();
  let beating: Promise<void> | null = null;
  const beat = async () => {
    // A process that was frozen so long that others removed its row registers again.
    if (!(await workers.beat(id))) id = await register();
  };
  const endBeat = timers.every(HEARTBEAT_MS, () => {
    beating ??= beat()
      .catch((error: unknown) => report("The heartbeat could not be written.", error))
      .finally(() => {
        beating = null;
      });
  });
  return {
    /** Ends the heartbeat. Resolves with the row's id, which is left as it is. */
    async stop(): Promise<number> {
      endBeat();
      await beating;
      return id;
    },
  };
}
