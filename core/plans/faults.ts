/** What is wrong with a plan, so that it is not begun. `core/words/plans.ts` says each in a sentence. Pure. */
import { MOST_MINUTES, MOST_UNITS, nameOf, type Unit } from "./unit";

export type PlanFault =
  | { kind: "no_units" }
  | { kind: "too_many"; count: number }
  | { kind: "duplicate"; unit: string }
  | { kind: "unknown_predecessor"; unit: string; after: string }
  /** Titles of the units that wait for each other; the first one is repeated at the end. */
  | { kind: "cycle"; units: string[] }
  | { kind: "too_long"; unit: string; minutes: number }
  | { kind: "unknown_agent"; unit: string; agent: string }
  /** The last round has done the unit. */
  | { kind: "done"; unit: string };

interface Known {
  /** Names of the agents that do units. */
  agents: ReadonlySet<string>;
  /** Titles of units that are done, as `nameOf` tells them. */
  done: ReadonlySet<string>;
}

/** Returns all faults of a plan; none when it can begin. */
export function faultsOf(units: readonly Unit[], { agents, done }: Known): PlanFault[] {
  if (units.length === 0) return [{ kind: "no_units" }];
  const titles = new Set(units.map(({ title }) => title));
  const cycle = cycleIn(units);
  return [
    ...(units.length > MOST_UNITS ? [{ kind: "too_many" as const, count: units.length }] : []),
    ...duplicates(units).map((unit) => ({ kind: "duplicate" as const, unit })),
    ...units.flatMap((unit) => ownFaults(unit, titles, agents, done)),
    ...(cycle ? [{ kind: "cycle" as const, units: cycle }] : []),
  ];
}

function ownFaults(
  unit: Unit,
  titles: ReadonlySet<string>,
  agents: ReadonlySet<string>,
  done: ReadonlySet<string>,
): PlanFault[] {
  const { title, executor, after, minutes } = unit;
  const unknown = after.filter((other) => !titles.has(other));
  return [
    ...unknown.map((other) => ({ kind: "unknown_predecessor" as const, unit: title, after: other })),
    ...(minutes !== undefined && minutes > MOST_MINUTES ? [{ kind: "too_long" as const, unit: title, minutes }] : []),
    ...(agents.has(executor) ? [] : [{ kind: "unknown_agent" as const, unit: title, agent: executor }]),
    ...(done.has(nameOf(title)) ? [{ kind: "done" as const, unit: title }] : []),
  ];
}

function duplicates(units: readonly Unit[]): string[] {
  const titles = units.map(({ title }) => title);
  return [...new Set(titles.filter((title, at) => titles.indexOf(title) !== at))];
}

/** Returns the titles along a circle of units that wait for each other, or null. */
function cycleIn(units: readonly Unit[]): string[] | null {
  const afterOf = new Map(units.map(({ title, after }) => [title, after]));
  const free = new Set<string>();
  for (const { title } of units) {
    const cycle = walk(title, [], afterOf, free);
    if (cycle) return cycle;
  }
  return null;
}

/** Follows what a unit waits for. `free`: titles from which no circle is reached. */
function walk(
  title: string,
  path: readonly string[],
  afterOf: ReadonlyMap<string, readonly string[]>,
  free: Set<string>,
): string[] | null {
  const begin = path.indexOf(title);
  if (begin >= 0) return [...path.slice(begin), title];
  if (free.has(title)) return null;
  for (const before of afterOf.get(title) ?? []) {
    const cycle = walk(before, [...path, title], afterOf, free);
    if (cycle) return cycle;
  }
  free.add(title);
  return null;
}
