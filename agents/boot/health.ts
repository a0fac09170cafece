/** Whether this installation does its work: the database takes what is written, and a worker turns. */
import type { Store } from "@/db/store";

/** As long as another process is given before its leases are taken away. */
const SILENT_MS = 30_000;

/** One sentence that says what is wrong, or null. */
export function healthOf({ log, workers }: Pick<Store, "log" | "workers">, nowMs: number): string | null {
  const trouble = log.trouble();
  if (trouble !== null) return trouble;
  const fault = workers.fault();
  if (fault !== null) return `${fault} Tasks are tried again by themselves; see the server's log.`;
  const signs = workers
    .list()
    .filter(({ role }) => role === "all" || role === "worker")
    .map(({ seenAtMs, startedAtMs }) => seenAtMs ?? startedAtMs);
  if (signs.length === 0)
    return "No worker runs: start one with `npx banyan serve --role worker`, or the whole server.";
  const seconds = Math.round((nowMs - Math.max(...signs)) / 1_000);
  return seconds * 1_000 > SILENT_MS
    ? `No worker has given a sign for ${seconds} seconds: start the server again.`
    : null;
}
