/** A cache that is bounded by the size of its values, because one of them may be as large as thousands of others. */
interface SizedCache<Value> {
  get(key: string): Value | undefined;
  /** Drops what was used least recently. Keeps no value that is larger than the whole cache. */
  set(key: string, value: Value): void;
  clear(): void;
}

/** `most`: the sum of the sizes of its values. */
export function createSizedCache<Value>(most: number, sizeOf: (value: Value) => number): SizedCache<Value> {
  /** The one that was used last comes last. */
  const known = new Map<string, { value: Value; size: number }>();
  let total = 0;
  const drop = (key: string) => {
    total -= known.get(key)?.size ?? 0;
    known.delete(key);
  };
  return {
    get(key) {
      const entry = known.get(key);
      if (entry === undefined) return undefined;
      known.delete(key);
      known.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      drop(key);
      const size = sizeOf(value);
      if (size > most) return;
      known.set(key, { value, size });
      total += size;
      for (const oldest of known.keys()) {
        if (total <= most) return;
        drop(oldest);
      }
    },
    clear() {
      known.clear();
      total = 0;
    },
  };
}
