/** What a request of a model needs of a grant that does not cover it. Pure. */
import type { GrantedSpend } from "@/core/log/amounts";
import { capThatLeaves, type GrantState, leftOf } from "./grants";

interface Spend {
  tokens: number;
  microUsd: number;
}

export interface RequestLack {
  /** `provider/model`. */
  model: string;
  /** What has to be reserved for the request with the shortest answer that is worth its cost. */
  needs: Spend;
  /** What the grant has left for it. */
  left: GrantedSpend;
  cap: GrantedSpend;
  /** The smallest grant that covers the request while nothing else is spent. */
  minimum: GrantedSpend;
  /** What to add to the grant so that it also covers an answer of usual length; 0: enough is left. */
  add: Spend;
  /** The grant with what is to be added. */
  enough: GrantedSpend;
  /** The whole grant would not cover the request either. */
  isTooSmall: boolean;
}

export interface RequestCost {
  model: string;
  /** With the shortest answer. */
  least: Spend;
  /** With an answer of usual length. */
  usual: Spend;
}

/** Which part of the grant is open to the request: all of it, or all but what is held back; see `leftOf`. */
export interface GrantShare {
  isRoot: boolean;
  /** Now. On a last turn the part that was held back is open. */
  all: boolean;
  /** When the task is tried again. */
  allWhenRetried: boolean;
}

const UNITS = ["tokens", "microUsd"] as const;

/** Returns null when the grant covers the request. */
export function requestLackOf(
  grant: GrantState,
  { model, least, usual }: RequestCost,
  { isRoot, all, allWhenRetried }: GrantShare,
): RequestLack | null {
  const perUnit = <Value>(of: (unit: keyof Spend) => Value) => ({ tokens: of("tokens"), microUsd: of("microUsd") });
  const left = perUnit((unit) => leftOf(grant, unit, { isRoot, all }));
  if (!isBelow(left, least)) return null;
  const cap = perUnit((unit) => grant.cap[unit]);
  const fresh = { ...grant, spent: NOTHING, given: NOTHING };
  const retried = { isRoot, all: allWhenRetried };
  const minimum = perUnit((unit) => (cap[unit] === null ? null : capThatLeaves(least[unit], fresh, unit, retried)));
  const add = perUnit((unit) => missingFor(usual[unit], grant, unit, retried));
  const enough = perUnit((unit) => (cap[unit] === null ? null : cap[unit] + add[unit]));
  return { model, needs: least, left, cap, minimum, add, enough, isTooSmall: isBelow(cap, minimum) };
}

const NOTHING = { tokens: 0, microUsd: 0, tasks: 0 };

/** Whether an amount is capped and below what is wanted. */
export function isBelow(has: GrantedSpend, wanted: GrantedSpend): boolean {
  return UNITS.some((unit) => has[unit] !== null && has[unit] < (wanted[unit] ?? 0));
}

/** Returns what to add to the grant so that it covers the cost; 0 without a cap. */
export function missingFor(
  cost: number,
  grant: GrantState,
  unit: keyof Spend,
  options: { isRoot: boolean; all: boolean },
): number {
  const cap = grant.cap[unit];
  return cap === null ? 0 : Math.max(0, capThatLeaves(cost, grant, unit, options) - cap);
}
