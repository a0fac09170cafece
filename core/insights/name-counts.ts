/** Counts in how many files names stand. A repository has millions of names in its files, so they are numbers in rows. */

export interface NameCounts {
  /** Counts each of the names that is counted here. */
  add(names: Uint32Array): void;
  of(name: number): number;
  /** Returns counts of the same names that begin with 0. */
  empty(): NameCounts;
}

/** Names are 32-bit hashes; only the given ones are counted. */
export function createNameCounts(given: readonly Uint32Array[]): NameCounts {
  const most = given.reduce((sum, names) => sum + names.length, 0);
  // A power of two, half empty at least, so that a search ends soon.
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, most) * 2));
  const slots = { names: new Uint32Array(size), isTaken: new Uint8Array(size) };
  for (const names of given)
    for (const name of names) {
      const slot = slotOf(slots, name);
      slots.names[slot] = name;
      slots.isTaken[slot] = 1;
    }
  return countsIn(slots);
}

interface Slots {
  names: Uint32Array;
  isTaken: Uint8Array;
}

/** Returns the slot of a name, or the free one in which it would be. */
function slotOf({ names, isTaken }: Slots, name: number): number {
  const last = names.length - 1;
  let slot = name & last;
  while (isTaken[slot] === 1 && names[slot] !== name) slot = (slot + 1) & last;
  return slot;
}

function countsIn(slots: Slots): NameCounts {
  const counts = new Uint32Array(slots.names.length);
  return {
    add(names) {
      for (const name of names) {
        const slot = slotOf(slots, name);
        if (slots.isTaken[slot] === 1) counts[slot] = (counts[slot] ?? 0) + 1;
      }
    },
    of: (name) => counts[slotOf(slots, name)] ?? 0,
    empty: () => countsIn(slots),
  };
}
