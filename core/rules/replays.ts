/**
 * Decides by replays whether a new version goes on trial. A replay runs an ended tree again from its beginning; each is
 * replayed with the live version and with the candidate. A few replays cannot prove that a version is better, so they
 * only refuse. Pure.
 */
import { createHash } from "node:crypto";
import { MOST_COST, oddsOf, type TrialSide, type TrialSides, WORSE_FROM } from "./trial";

/** Replays that have not ended by then are stopped, and the trial goes on with the others. */
export const REPLAY_HOURS = 24;
/** One tree says nothing about a version, whatever became of it. */
const FEWEST = 2;

/** The result of one replay that counts. */
export interface ReplayResult {
  passed: boolean;
  microUsd: number;
  tokens: number;
}

/** An ended tree that was replayed with both versions; null: that replay does not count, or has not ended. */
export interface ReplayPair {
  live: ReplayResult | null;
  candidate: ReplayResult | null;
}

/** A pair with the public id of its ended tree. */
export interface ReplayedPair extends ReplayPair {
  source: string;
}

/** Returns whether the replays of this tree decide. The proposer may see the others. */
export function doesDecide(tree: string): boolean {
  return ((createHash("sha256").update(tree).digest()[0] ?? 0) & 1) === 1;
}

interface WholePair {
  live: ReplayResult;
  candidate: ReplayResult;
}

/** Returns both sides of the trees that count with both versions, so that both did the same work. */
export function replaySides(pairs: readonly ReplayPair[]): TrialSides {
  const both = whole(pairs);
  return { live: sumOf(both.map(({ live }) => live)), candidate: sumOf(both.map(({ candidate }) => candidate)) };
}

function whole(pairs: readonly ReplayPair[]): WholePair[] {
  return pairs.flatMap(({ live, candidate }) => (live && candidate ? [{ live, candidate }] : []));
}

function sumOf(results: readonly ReplayResult[]): TrialSide {
  const side = { trees: 0, passed: 0, microUsd: 0, tokens: 0, paid: 0 };
  for (const { passed, microUsd, tokens } of results) {
    side.trees += 1;
    side.passed += passed ? 1 : 0;
    side.microUsd += microUsd;
    side.tokens += tokens;
    side.paid += microUsd > 0 ? 1 : 0;
  }
  return side;
}

/** Returns whether the version is refused before a real tree uses it. */
export function isRefused(pairs: readonly ReplayPair[]): boolean {
  const both = whole(pairs);
  if (both.length < FEWEST) return false;
  const { worse, cost } = oddsOf(replaySides(pairs));
  if (worse >= WORSE_FROM) return true;
  const kept = both.filter(({ live }) => live.passed);
  if (kept.length >= FEWEST && kept.every(({ candidate }) => !candidate.passed)) return true;
  // The cost of the same work varies, so a sum of few trees is not enough.
  return cost !== null && cost > MOST_COST && both.every(({ live, candidate }) => isDearer(live, candidate));
}

function isDearer(live: ReplayResult, candidate: ReplayResult): boolean {
  const unit = live.microUsd > 0 && candidate.microUsd > 0 ? "microUsd" : "tokens";
  return candidate[unit] > live[unit];
}
