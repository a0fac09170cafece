/** The rules that a goal's planner is given, from failures that happened before. Pure. */
import { FAILURES, isFailureKey } from "./kinds";

/** How often a kind happened where the goal works, or to its executor. */
export interface KindTimes {
  kind: string;
  count: number;
}

/** A single failure can be an accident. */
const LEAST = 2;
const MOST = 5;

/** Returns rules for a plan: those against the most frequent failures first. */
export function preventionsFor(counts: readonly KindTimes[]): string[] {
  return counts
    .filter(({ count }) => count >= LEAST)
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1))
    .flatMap(({ kind }) => (isFailureKey(kind) && FAILURES[kind].inPlans ? [FAILURES[kind].prevention] : []))
    .slice(0, MOST);
}
