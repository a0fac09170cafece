/** Estimates of units: from what finished units of the kind took in the project, else from a table. Pure. */
import {
  type CostRange,
  type KindTimes,
  type Minutes,
  UNIT_KINDS,
  type UnitEstimate,
  type UnitKind,
} from "@/core/log/plans";
import { percentile } from "@/core/percentile";
import type { PlanUnit } from "@/core/shapes/plans";
import { type Unit, USUAL_KIND } from "./unit";

/** A unit that has ended: what was expected of it, and what it took. */
export interface FinishedUnit extends Minutes {
  kind: UnitKind;
  /** In minutes. */
  took: number;
  /** What it spent with its subtasks; 0 also where its models have no price. */
  microUsd: number;
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
export function timesOf(finished: readonly Pick<FinishedUnit, "kind" | "took" | "microUsd">[]): KindTimes[] {
  return UNIT_KINDS.flatMap((kind) => {
    const units = finished.filter((unit) => unit.kind === kind);
    if (units.length < LEAST_UNITS) return [];
    const took = units.map((unit) => unit.took);
    const at = (share: number) => atLeastAMoment(percentile(took, share));
    const cost = costOf(units);
    return [{ kind, count: took.length, minutes: at(0.5), low: at(0.1), high: at(0.9), ...(cost && { cost }) }];
  });
}

/** Nothing charged may mean a model without a known price, so it says nothing about cost. There is no table: prices differ. */
function costOf(units: readonly Pick<FinishedUnit, "microUsd">[]): CostRange | null {
  const spent = units.map(({ microUsd }) => microUsd).filter((microUsd) => microUsd > 0);
  if (spent.length < LEAST_UNITS) return null;
  return { lowMicroUsd: percentile(spent, 0.1), highMicroUsd: percentile(spent, 0.9), count: spent.length };
}

/** Returns the sum of the costs that are known, with the number of units that have one; null for none. */
export function costOfAll(estimates: readonly Pick<UnitEstimate, "cost">[]): CostRange | null {
  const costs = estimates.flatMap(({ cost }) => cost ?? []);
  if (costs.length === 0) return null;
  const sum = (edge: "lowMicroUsd" | "highMicroUsd") => costs.reduce((all, cost) => all + cost[edge], 0);
  return { lowMicroUsd: sum("lowMicroUsd"), highMicroUsd: sum("highMicroUsd"), count: costs.length };
}

/** Returns a cost in dollars, as pages and programs see it. */
export function costShape(cost: CostRange | null | undefined): Pick<PlanUnit, "cost_usd_low" | "cost_usd_high"> {
  if (!cost) return { cost_usd_low: null, cost_usd_high: null };
  return { cost_usd_low: cost.lowMicroUsd / 1_000_000, cost_usd_high: cost.highMicroUsd / 1_000_000 };
}

/** Returns the estimate of a unit. The range of given minutes is as wide as that of its kind; its cost is its kind's. */
export function estimateOf(
  { kind = USUAL_KIND, minutes }: Pick<Unit, "kind" | "minutes">,
  times: readonly KindTimes[],
): UnitEstimate {
  const known = times.find((time) => time.kind === kind);
  const basis = known ?? TABLE[kind];
  const count = known?.count ?? 0;
  const cost = known?.cost && { cost: known.cost };
  if (minutes === undefined) {
    const { minutes: expected, low, high } = basis;
    return { kind, minutes: expected, low, high, from: known ? "history" : "table", count, ...cost };
  }
  const scaled = (edge: number) => tenths((minutes * edge) / basis.minutes);
  return { kind, minutes, low: scaled(basis.low), high: scaled(basis.high), from: "given", count, ...cost };
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
export function missedBy(finished: readonly (Minutes & Pick<FinishedUnit, "took">)[]): Missed | null {
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
