/** When the units of a plan can run: groups, critical path and slack. Pure. */
import type { Minutes } from "@/core/log/plans";
import { tenths } from "./estimates";

interface Placed {
  /** The place of its group, from 0 on. Units of a group wait for nothing but earlier groups. */
  group: number;
  /** How many minutes it can take longer before the whole plan does. */
  slack: number;
}

export interface Schedule {
  units: Placed[];
  /** Places of the units that can run at the same time, group by group. */
  groups: number[][];
  /** Places of the units that decide when the plan ends, in order. */
  critical: number[];
  /** From the begin of the first unit to the end of the last. The range is that of plans with short and long units. */
  wall: Minutes;
  /** Minutes of all units together. */
  work: number;
}

type Timed = Minutes & {
  /** Places of the units that it waits for. */
  after: readonly number[];
};

/** Returns the schedule of units that wait for each other without a circle. */
export function scheduleOf(units: readonly Timed[]): Schedule {
  const order = orderOf(units.map(({ after }) => after));
  const expected = endsOf(units, order, ({ minutes }) => minutes);
  const minutes = Math.max(0, ...expected);
  const latest = latestEnds(units, order, minutes);
  const group = groupsOf(units, order);
  const groups: number[][] = [];
  for (const [at, number] of group.entries()) groups[number] = [...(groups[number] ?? []), at];
  const wallOf = (lengthOf: (unit: Timed) => number) => tenths(Math.max(0, ...endsOf(units, order, lengthOf)));
  return {
    units: units.map((_, at) => ({
      group: group[at] ?? 0,
      slack: tenths((latest[at] ?? 0) - (expected[at] ?? 0)),
    })),
    groups,
    critical: criticalPath(units, expected),
    wall: { minutes: tenths(minutes), low: wallOf(({ low }) => low), high: wallOf(({ high }) => high) },
    work: tenths(units.reduce((sum, unit) => sum + unit.minutes, 0)),
  };
}

/** Returns places in an order in which each comes after those that it waits for, otherwise as given. */
export function orderOf(afters: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const placed = new Set<number>();
  for (;;) {
    const next = afters.findIndex((after, at) => !placed.has(at) && after.every((before) => placed.has(before)));
    if (next < 0) return order;
    placed.add(next);
    order.push(next);
  }
}

/** Returns the minute at which each unit ends when each begins as early as it can. */
function endsOf(units: readonly Timed[], order: readonly number[], lengthOf: (unit: Timed) => number): number[] {
  const ends: number[] = [];
  for (const at of order) {
    const unit = units[at] as Timed;
    ends[at] = Math.max(0, ...unit.after.map((before) => ends[before] ?? 0)) + lengthOf(unit);
  }
  return ends;
}

/** Returns the latest end of each unit with which the plan still ends at its expected minute. */
function latestEnds(units: readonly Timed[], order: readonly number[], end: number): number[] {
  const latest = units.map(() => end);
  for (const at of order.toReversed()) {
    const unit = units[at] as Timed;
    const begin = (latest[at] ?? end) - unit.minutes;
    for (const before of unit.after) latest[before] = Math.min(latest[before] ?? end, begin);
  }
  return latest;
}

function groupsOf(units: readonly Timed[], order: readonly number[]): number[] {
  const groups: number[] = [];
  for (const at of order) {
    const before = (units[at] as Timed).after.map((other) => groups[other] ?? 0);
    groups[at] = before.length === 0 ? 0 : 1 + Math.max(...before);
  }
  return groups;
}

/** Returns the chain of units that ends last, from its begin; the first of equal ones. */
function criticalPath(units: readonly Timed[], ends: readonly number[]): number[] {
  const path: number[] = [];
  let last = units.map((_, at) => at);
  while (last.length > 0) {
    const at = last.reduce((latest, other) => ((ends[other] ?? 0) > (ends[latest] ?? 0) ? other : latest));
    path.unshift(at);
    last = [...(units[at]?.after ?? [])];
  }
  return path;
}
