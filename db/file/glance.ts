/**
 * Caches values that seldom change and are read many times in each turn: versions of the configuration, of secrets, of
 * the providers' settings. A glance answers from memory while nothing can have changed. A write of this process counts
 * at once; a write of another process counts from this process's next transaction on, or after `MOST_MS`.
 */

/** So short that nobody notices who has just changed a setting on a page. */
const MOST_MS = 20;

export interface Glances {
  /**
   * Returns a function that reads again only when the value may have changed. A change outside the database, such as in
   * a file, counts after `MOST_MS`.
   */
  of<Value>(read: () => Value): () => Value;
  /** Call it when something other than a record was written, or may have been. */
  forget(): void;
}

/** For readers that have no log beside them. */
export const readEachTime: Glances["of"] = (read) => read;

export interface GlanceOptions {
  now(): number;
  /** Whether a transaction is open that may have written what glances read: it counts there, and only there. */
  isWriting(): boolean;
}

export function createGlances({ now, isWriting }: GlanceOptions): Glances {
  let changes = 0;
  return {
    of<Value>(read: () => Value) {
      let known: { value: Value; changes: number; atMs: number } | undefined;
      return () => {
        if (isWriting()) return read();
        const nowMs = now();
        // A clock that was set back must not keep a value.
        const isFresh = known?.changes === changes && Math.abs(nowMs - known.atMs) < MOST_MS;
        if (!known || !isFresh) known = { value: read(), changes, atMs: nowMs };
        return known.value;
      };
    },
    forget() {
      changes += 1;
    },
  };
}
