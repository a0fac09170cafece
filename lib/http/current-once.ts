/**
 * Runs a request once for each key, for the actions of the pages. It is on `globalThis`, because Next.js loads its own
 * copy of every module.
 */
import type { createIdempotency } from "./idempotency";

type Once = ReturnType<typeof createIdempotency>;

const KEY = Symbol.for("banyan.once");
const store = globalThis as { [KEY]?: Once };

export function setOnce(once: Once): void {
  store[KEY] = once;
}

export function currentOnce(): Once {
  const found = store[KEY];
  if (!found) throw new Error("Actions are not set up: pages work only under Banyan's own server.");
  return found;
}
