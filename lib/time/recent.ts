/**
 * Caches the content of files and settings for a moment. The runtime asks the same question many times in a turn, and
 * each answer asks the file system.
 */

/** So short that nobody notices who has just changed a setting. */
const MOST_MS = 20;
/** More keys than an installation has models. */
const MOST_KEYS = 1_000;

/** Returns a function that calls `read` for the same key at most every 20 ms. */
export function recent<Value>(read: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, { value: Value; atMs: number }>();
  return (key) => {
    const nowMs = performance.now();
    const entry = known.get(key);
    if (entry && nowMs - entry.atMs < MOST_MS) return entry.value;
    if (known.size >= MOST_KEYS) known.clear();
    const value = read(key);
    known.set(key, { value, atMs: nowMs });
    return value;
  };
}
