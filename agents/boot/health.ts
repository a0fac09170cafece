/** Checks whether the installation works: the database can be written, and a worker is running. */
import type { Store } from "@/db/store";

/** The same time after which another process loses its leases. */
const SILENT_MS = 30_000;

/** Returns one sentence that says what is wrong, or null. */
export function healthOf({ log, workers }: Pick<Store, "log" | "workers">, nowMs: number): string | null {
  const trouble = log.trouble();
  if (trouble !== null) return trouble;
  const fault = workers.fault();
  if (fault !== null) return `${fault} Tasks are retried automatically; see the server's log.`;
  const signs = workers
    .list()
    .filter(({ role }) => role === "all" || role === "worker")
    .map(({ seenAtMs, startedAtMs }) => seenAtMs ?? startedAtMs);
  if (signs.length === 0)
    return "No worker runs: start one with `npx banyan serve --role worker`, or the whole server.";
  const seconds = Math.round((nowMs - Math.max(...signs)) / 1_000);
  return seconds * 1_000 > SILENT_MS
    ? `No worker has given a sign of life for ${seconds} seconds: restart the server.`
    : null;
}
