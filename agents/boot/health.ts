/** Checks whether the installation works: the database can be written, and a worker is running. */
import type { Store } from "@/db/store";
import type { Timers } from "@/lib/time/timers";

/** The same time after which another process loses its leases. */
const SILENT_MS = 30_000;

/** One write serves all requests within this time, because anybody may ask. */
const PROOF_MS = 1_000;
const WRITE_LIMIT_MS = 5_000;
/** Smaller jumps are ordinary corrections, and change no answer. */
const SMALLEST_JUMP_MS = 5_000;

/**
 * Returns a function that says in one sentence what is wrong, or null, after a real write. `isEnding`: the worker of a
 * server that ends may have ended before its pages, and that is no fault.
 */
export function createHealth(
  store: Pick<Store, "log" | "workers" | "installation">,
  { now, timers, steady = () => performance.now() }: { now: () => number; timers: Timers; steady?: () => number },
): (isEnding?: boolean) => Promise<string | null> {
  const jumped = jumpsOf(now, steady);
  let proof: { atMs: number; fault: Promise<string | null> } | null = null;
  return async (isEnding) => {
    // Only another write shows that the trouble of the last one is over, and pages may have none for a while.
    const nowMs = jumped() ? null : now();
    const known = store.log.trouble() === null ? healthOf(store, nowMs, isEnding) : null;
    if (known !== null) return known;
    if (proof === null || now() - proof.atMs > PROOF_MS) proof = { atMs: now(), fault: writeFault(store, timers) };
    return (await proof.fault) ?? healthOf(store, nowMs, isEnding);
  };
}

/**
 * Returns a function that says whether the clock has jumped lately, by a correction or because the machine slept. Then
 * the stored times of signs of life tell nothing, until a living worker has surely written a new one.
 */
function jumpsOf(now: () => number, steady: () => number): () => boolean {
  let offsetMs = now() - steady();
  let untilMs = 0;
  return () => {
    const atMs = steady();
    const nextMs = now() - atMs;
    if (Math.abs(nextMs - offsetMs) > SMALLEST_JUMP_MS) untilMs = atMs + SILENT_MS;
    offsetMs = nextMs;
    return atMs < untilMs;
  };
}

async function writeFault({ installation }: Pick<Store, "installation">, timers: Timers): Promise<string | null> {
  let end = () => {};
  const limit = new Promise<string>((resolve) => {
    const seconds = WRITE_LIMIT_MS / 1_000;
    end = timers.after(WRITE_LIMIT_MS, () => resolve(`The database has not stored a write within ${seconds} seconds.`));
  });
  const written = installation.proveWrite().then(
    () => null,
    (error: Error) => error.message,
  );
  return Promise.race([written, limit]).finally(end);
}

/** Returns one sentence that says what is wrong as far as this process knows, or null. `nowMs` null: the clock has jumped. */
export function healthOf(
  { log, workers }: Pick<Store, "log" | "workers">,
  nowMs: number | null,
  isEnding = false,
): string | null {
  const trouble = log.trouble();
  if (trouble !== null) return trouble;
  const fault = workers.fault();
  if (fault !== null) return `${fault} Tasks are retried automatically; see the server's log.`;
  const signs = workers
    .list()
    .filter(({ role }) => role === "all" || role === "worker")
    .map(({ seenAtMs, startedAtMs }) => seenAtMs ?? startedAtMs);
  if (signs.length === 0 && isEnding) return null;
  if (signs.length === 0)
    return "No worker runs: start one with `npx banyan serve --role worker`, or the whole server.";
  if (nowMs === null) return null;
  const seconds = Math.round((nowMs - Math.max(...signs)) / 1_000);
  return seconds * 1_000 > SILENT_MS
    ? `No worker has given a sign of life for ${seconds} seconds: a server in two processes starts it again after three minutes, any other has to be restarted.`
    : null;
}
