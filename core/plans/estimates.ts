/** Estimates of units: from what finished units of the kind took in the project, else from a table. Pure. */

import { type KindTimes, type Minutes, UNIT_KINDS, type UnitEstimate, type UnitKind } from "@/core/log/plans";
import { percentile } from "@/core/percentile";
import { type Unit, USUAL_KIND } from "./unit";

/** A unit that has ended: what was expected of it, and the minutes that it took. */
export interface FinishedUnit extends Minutes {
  kind: UnitKind;
  took: number;
}

/** Fewer finished units of a kind say too little about the next one. */
const LEAST_UNITS = 3;

/** What agents usually take, where a project has no finished units of the kind. */
const TABLE: Record<UnitKind, Minutes> = {
  contract: { minutes: 10, low: 4, high: 25 },
  code: { minutes: 15, low: 5, high: 45 },
  tests: { minutes: 12, low: 4, high: 35 },
  migration: { minutes: 15, low: 5, high: 45 },
  integration: { minutes: 25, low: 8, high: 75 },
  documentation: { minutes: 8, low: 3, high: 20 },
  research: { minutes: 10, low: 3, high: 30 },
  repair: { minutes: 12, low: 4, high: 40 },
};

/** Returns what finished units took, for each kind of which there are enough: the median and the middle 80 %. */
export function timesOf(finished: readonly Pick<FinishedUnit, "kind" | "took">[]): KindTimes[] {
  return UNIT_KINDS.flatMap((kind) => {
    const took = finished.filter((unit) => unit.kind === kind).map((unit) => unit.took);
    if (took.length < LEAST_UNITS) return [];
    const at = (share: number) => atLeastAMoment(percentile(took, share));
    return [{ kind, count: took.length, minutes: at(0.5), low: at(0.1), high: at(0.9) }];
  });
}

/** Returns the estimate of a unit. The range of given minutes is as wide as that of its kind. */
export function estimateOf(
  { kind = USUAL_KIND, minutes }: Pick<Unit, "kind" | "minutes">,
  times: readonly KindTimes[],
): UnitEstimate {
  const known = times.find((time) => time.kind === kind);
  const basis = known ?? TABLE[kind];
  const count = known?.count ?? 0;
  if (minutes === undefined) {
    const { minutes: expected, low, high } = basis;
    return { kind, minutes: expected, low, high, from: known ? "history" : "table", count };
  }
  const scaled = (edge: number) => tenths((minutes * edge) / basis.minutes);
  return { kind, minutes, low: scaled(basis.low), high: scaled(basis.high), from: "given", count };
}

/** How far estimates were from what happened. */
export interface Missed {
  /** The median of |took − expected| ÷ expected: half of the units were closer. */
  share: number;
  count: number;
  /** The number of units that ended within their range. */
  inRange: number;
}

/** Returns how far the estimates of finished units were from what happened; null without any. */
export function missedBy(finished: readonly FinishedUnit[]): Missed | null {
  if (finished.length === 0) return null;
  const shares = finished.map(({ took, minutes }) => Math.abs(took - minutes) / Math.max(minutes, MOMENT));
  const inRange = finished.filter(({ took, low, high }) => took >= low && took <= high).length;
  return { share: percentile(shares, 0.5), count: finished.length, inRange };
}

/** The shortest time that is told, in minutes. */
const MOMENT = 0.1;

function atLeastAMoment(minutes: number): number {
  return Math.max(MOMENT, tenths(minutes));
}

export function tenths(minutes: number): number {
  return Math.round(minutes * 10) / 10;
}
