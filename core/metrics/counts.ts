/** Counts the work of this process in its memory, until what was counted is stored. */
import { boundOf, type Counted, FAMILIES, type FamilyName, type LabelsOf, NO_BOUND } from "./families";

type NameOf<Type> = { [Name in FamilyName]: (typeof FAMILIES)[Name]["type"] extends Type ? Name : never }[FamilyName];
type Counter = NameOf<"counter">;
type Histogram = NameOf<"histogram">;

export interface Counts {
  /** Counts an event; a sum such as tokens grows `by` more than 1. */
  add<Name extends Counter>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  /** Counts an event that took so long. A time below 0, after the clock was set, counts as 0. */
  observe<Name extends Histogram>(name: Name, labels: LabelsOf<Name>, seconds: number): void;
  /** Returns what was counted since the last time, and begins anew. */
  take(): Counted[];
  /** Counts again what could not be stored. */
  giveBack(counted: readonly Counted[]): void;
}

/** A family with more different labels would slow Prometheus down: further ones count as `other`. */
const MOST_SERIES = 500;

export function createCounts(): Counts {
  let counted = new Map<string, Counted>();
  const known = new Map<FamilyName, Set<string>>();
  const labelsOf = (name: FamilyName, given: Readonly<Record<string, string>>): string => {
    const names: readonly string[] = FAMILIES[name].labels;
    const labels = JSON.stringify(names.map((label) => given[label] ?? ""));
    const seen = known.get(name) ?? new Set();
    known.set(name, seen);
    if (seen.size >= MOST_SERIES && !seen.has(labels)) return JSON.stringify(names.map(() => "other"));
    seen.add(labels);
    return labels;
  };
  const count = (one: Counted) => {
    const key = `${one.name} ${one.up_to_ms} ${one.labels}`;
    const before = counted.get(key);
    if (!before) return void counted.set(key, { ...one });
    before.events += one.events;
    before.sum += one.sum;
  };
  return {
    add: (name, labels, by = 1) =>
      count({ name, labels: labelsOf(name, labels), up_to_ms: NO_BOUND, events: 1, sum: by }),
    observe(name, labels, seconds) {
      const sum = Math.max(0, seconds);
      count({ name, labels: labelsOf(name, labels), up_to_ms: boundOf(name, sum), events: 1, sum });
    },
    take() {
      const taken = [...counted.values()];
      counted = new Map();
      return taken;
    },
    giveBack(again) {
      for (const one of again) count(one);
    },
  };
}
