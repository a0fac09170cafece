/**
 * Decides the trial of a new version of an agent, document, tool or runbook: new trees alternate between the live
 * version and the candidate, and the results decide after 20 and after 40 trees of each. Pure.
 *
 * The share of passed trees of a version has the posterior Beta(passed + 1, failed + 1). For whole numbers the
 * incomplete beta function is a binomial sum (https://dlmf.nist.gov/8.17.E5), so no library is needed for it.
 */
import type { Reason } from "@/core/log/reasons";
import type { EndStatus, Verdict } from "@/core/log/terms";

/** Numbers of counted trees of each version after which a trial is judged. */
export const LOOKS = [20, 40] as const;
export const TRIAL_DAYS = 14;
/** A version is worse when its share of passed trees is lower by more than this. */
export const WORSE_BY = 0.05;
/** Probabilities from which a version is better, or worse. */
export const BETTER_FROM = 0.9;
export const WORSE_FROM = 0.8;
/** The candidate may cost this many times what the live version costs. */
export const MOST_COST = 1.25;

/**
 * What counts as passed, fixed before the trial. `verdict`: the tree's verdict. `agreement`: the verdict is what a
 * person says about the tree, for what takes part in judging. `person`: a person says that the result is right.
 */
export type TrialMetric = "verdict" | "agreement" | "person";

/** A tree of the trial that has ended and used the entry. */
export interface TrialTree {
  status: EndStatus;
  reason: Reason | null;
  verdict: Verdict["outcome"] | null;
  /** What a person said about its result; null: nobody said anything. */
  person: "pass" | "fail" | null;
  microUsd: number;
  tokens: number;
}

/** The counted trees of one version. */
export interface TrialSide {
  trees: number;
  passed: number;
  microUsd: number;
  tokens: number;
  /** Those that cost money; absent where a release before stored it. */
  paid?: number;
}

export interface TrialSides {
  live: TrialSide;
  candidate: TrialSide;
}

/** How likely the candidate of a trial is better or worse, and what it costs. */
export interface TrialOdds {
  /** Probability that the candidate passes more often. */
  better: number;
  /** Probability that it passes less often by more than 5 points. */
  worse: number;
  /** Cost of a tree with the candidate, divided by the cost of a tree with the live version; null when nothing was spent. */
  cost: number | null;
}

type TrialEnd = { status: "permanent"; outcome: "better" } | { status: "bad"; outcome: "worse" | "cost" | "undecided" };

/** How a trial ends, with the trees that decided it: later ones, and those that one version has more of, do not count. */
type JudgedEnd = TrialEnd & { sides: TrialSides };

/** Failures that say something about the work. Others, such as a missing key, happen to any version. */
const OWN_FAILURES: ReadonlySet<Reason> = new Set<Reason>([
  "by_agent",
  "claims_failed",
  "judged_failed",
  "invalid_replies",
  "endless_reply",
  "out_of_grant",
  "runaway",
  "refused",
]);

/** Returns whether the tree counts as passed; null: it does not count. */
export function hasPassed(tree: TrialTree, metric: TrialMetric): boolean | null {
  const { person, verdict, status, reason } = tree;
  if (metric === "person") return person === null ? null : person === "pass";
  if (metric === "agreement") return person === null ? null : person === verdict;
  if (verdict === "pass" || verdict === "fail") return verdict === "pass" && status === "succeeded";
  return status === "failed" && reason !== null && OWN_FAILURES.has(reason) ? false : null;
}

/** Returns the sums of the trees that count, at most of the first `most`. */
export function sideOf(trees: readonly TrialTree[], metric: TrialMetric, most = Number.POSITIVE_INFINITY): TrialSide {
  const side = { trees: 0, passed: 0, microUsd: 0, tokens: 0, paid: 0 };
  for (const tree of trees) {
    const isPassed = hasPassed(tree, metric);
    if (isPassed === null || side.trees >= most) continue;
    side.trees += 1;
    side.passed += isPassed ? 1 : 0;
    side.microUsd += tree.microUsd;
    side.tokens += tree.tokens;
    side.paid += tree.microUsd > 0 ? 1 : 0;
  }
  return side;
}

/**
 * Returns how the trial ends, or null while it continues. The trees are in the order in which they ended, and each
 * check takes the first of them, so the result does not depend on when somebody checks. When its time is over, all count.
 */
export function judgeTrial(
  trees: { live: readonly TrialTree[]; candidate: readonly TrialTree[] },
  metric: TrialMetric,
  isOver: boolean,
): JudgedEnd | null {
  const last = LOOKS[LOOKS.length - 1];
  for (const look of LOOKS) {
    const sides = { live: sideOf(trees.live, metric, look), candidate: sideOf(trees.candidate, metric, look) };
    if (sides.live.trees < look || sides.candidate.trees < look) break;
    const { better, worse, cost } = oddsOf(sides);
    if (worse >= WORSE_FROM) return { status: "bad", outcome: "worse", sides };
    if (cost !== null && cost > MOST_COST) return { status: "bad", outcome: "cost", sides };
    if (better >= BETTER_FROM) return { status: "permanent", outcome: "better", sides };
    if (look === last) return { status: "bad", outcome: "undecided", sides };
  }
  if (!isOver) return null;
  const sides = { live: sideOf(trees.live, metric), candidate: sideOf(trees.candidate, metric) };
  return { status: "bad", outcome: "undecided", sides };
}

export function oddsOf({ live, candidate }: TrialSides): TrialOdds {
  return {
    better: chanceOfMore(candidate, live, 0),
    worse: chanceOfMore(live, candidate, WORSE_BY),
    cost: costRatio(live, candidate),
  };
}

/**
 * Compares tokens unless every tree cost money: where some models have a price and others have none, the money says which
 * models people chose, and nothing about the versions.
 */
function costRatio(live: TrialSide, candidate: TrialSide): number | null {
  if (live.trees === 0 || candidate.trees === 0) return null;
  const isPaid = [live, candidate].every(({ paid, trees }) => paid === trees);
  const unit = isPaid ? "microUsd" : "tokens";
  if (live[unit] === 0) return candidate[unit] === 0 ? null : Number.POSITIVE_INFINITY;
  return candidate[unit] / candidate.trees / (live[unit] / live.trees);
}

type Counts = Pick<TrialSide, "trees" | "passed">;

/** Simpson's rule with this many steps is exact to six digits for 40 trees. */
const STEPS = 1_000;

/** Returns the probability that `one` passes more often than `other` by more than `by`. */
export function chanceOfMore(a: Counts, b: Counts, by: number): number {
  const width = (1 - by) / STEPS;
  let sum = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    const weight = step === 0 || step === STEPS ? 1 : step % 2 === 1 ? 4 : 2;
    const below = step * width;
    sum += weight * density(a, below + by) * chanceBelow(b, below);
  }
  return Math.min(1, Math.max(0, (sum * width) / 3));
}

/** Returns the density of Beta(passed + 1, failed + 1). */
function density({ trees, passed }: Counts, share: number): number {
  return (trees + 1) * binomial(trees, passed, share);
}

/** Returns the probability that the share is below `share`: the incomplete beta function, as a sum. */
export function chanceBelow({ trees, passed }: Counts, share: number): number {
  if (share >= 1) return 1;
  const tries = trees + 1;
  let sum = 0;
  let term = binomial(tries, passed + 1, share);
  for (let hits = passed + 1; hits <= tries; hits += 1) {
    sum += term;
    term *= ((tries - hits) / (hits + 1)) * (share / (1 - share));
  }
  return Math.min(1, sum);
}

/** Returns the probability of exactly `hits` hits in `tries`. */
function binomial(tries: number, hits: number, share: number): number {
  let product = 1;
  const rest = tries - hits;
  // Each factor of the coefficient meets a factor of the powers, so that nothing overflows.
  for (let number = 1; number <= hits; number += 1) product *= ((rest + number) / number) * share;
  return product * (1 - share) ** rest;
}
