/** Whether goals with memory do better than those without, with an interval. Pure. */
import type { MemoryArm } from "@/core/log/lessons";

/** How a goal ended. Money in dollars. */
export interface GoalOutcome {
  arm: MemoryArm;
  succeeded: boolean;
  rounds: number;
  costUsd: number;
  /** Rounds after which an error was met that the goal had met before. */
  metAgain: number;
}

/** Fewer goals on a side show no difference: small numbers mislead. */
export const LEAST_GOALS = 20;

const LIFT_FIGURES = ["success", "rounds", "cost", "errors_again"] as const;
/** What is compared. */
export type LiftFigureName = (typeof LIFT_FIGURES)[number];

/** One figure of goals with lessons and of goals without. */
export interface LiftFigure {
  figure: LiftFigureName;
  /** Means of the two sides; success as a share. Null where a side has no goal of that kind. */
  with: number | null;
  /** The mean of goals without lessons; success as a share. Null where no goal of that kind counts. */
  without: number | null;
  /** With minus without, and its 95 % interval; null below `LEAST_GOALS` a side. */
  difference: {
    /** With minus without. */
    value: number;
    /** The lower end of the interval. */
    low: number;
    /** The upper end of the interval. */
    high: number;
  } | null;
  /** `cannot_say`: the interval holds 0. */
  shows: "helps" | "harms" | "cannot_say" | "not_enough";
}

interface GoalsOfSides {
  /** Goals whose tasks are shown lessons. */
  with: number;
  /** Goals whose tasks are shown none. */
  without: number;
}

/** How goals with lessons compare with goals without. */
export interface Lift {
  /** Goals that count, with and without lessons. */
  goals: GoalsOfSides;
  /** Goals that a side still needs; 0 when it has enough. */
  missing: GoalsOfSides;
  /** The figures that are compared. */
  figures: LiftFigure[];
}

const MOST_DRAWS = 10_000;
const LEAST_DRAWS = 1_000;
/** With many goals, more draws take too long and change little. */
const MOST_DRAWN = 4_000_000;
const SEED = 7;

const VALUES: Record<LiftFigureName, (outcome: GoalOutcome) => number | null> = {
  success: ({ succeeded }) => (succeeded ? 1 : 0),
  // A goal that did not succeed does not show how many rounds success takes.
  rounds: ({ succeeded, rounds }) => (succeeded ? rounds : null),
  cost: ({ costUsd }) => costUsd,
  errors_again: ({ metAgain }) => metAgain,
};

/** A larger number is better only here. */
const MORE_IS_BETTER: ReadonlySet<LiftFigureName> = new Set(["success"]);

/** `figures`: only these are compared. */
export function liftOf(outcomes: readonly GoalOutcome[], figures: readonly LiftFigureName[] = LIFT_FIGURES): Lift {
  const sides = {
    with: outcomes.filter(({ arm }) => arm === "with"),
    without: outcomes.filter(({ arm }) => arm === "without"),
  };
  const goals = { with: sides.with.length, without: sides.without.length };
  return {
    goals,
    missing: { with: Math.max(0, LEAST_GOALS - goals.with), without: Math.max(0, LEAST_GOALS - goals.without) },
    figures: figures.map((figure) => figureOf(figure, sides)),
  };
}

function figureOf(figure: LiftFigureName, sides: Record<MemoryArm, GoalOutcome[]>): LiftFigure {
  const valuesOf = (arm: MemoryArm) => sides[arm].map(VALUES[figure]).filter((value) => value !== null);
  const [left, right] = [valuesOf("with"), valuesOf("without")];
  const means = { with: meanOf(left), without: meanOf(right) };
  if (left.length < LEAST_GOALS || right.length < LEAST_GOALS)
    return { figure, ...means, difference: null, shows: "not_enough" };
  const interval = bootstrap(left, right);
  const value = (means.with ?? 0) - (means.without ?? 0);
  const isBetter = MORE_IS_BETTER.has(figure) ? interval.low > 0 : interval.high < 0;
  const isWorse = MORE_IS_BETTER.has(figure) ? interval.high < 0 : interval.low > 0;
  const shows = isBetter ? "helps" : isWorse ? "harms" : "cannot_say";
  return { figure, ...means, difference: { value, ...interval }, shows };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The 95 % percentile interval of the difference of two means (B. Efron and R. Tibshirani, An Introduction to the
 * Bootstrap, section 13.3): both sides are drawn again with replacement, 10,000 times, and less often where there
 * are more than 400 goals. The seed is fixed, so the same goals have the same interval.
 */
export function bootstrap(left: readonly number[], right: readonly number[], seed = SEED) {
  const fitting = Math.floor(MOST_DRAWN / (left.length + right.length));
  const draws = Math.max(LEAST_DRAWS, Math.min(MOST_DRAWS, fitting));
  const random = generator(seed);
  const drawn = (values: readonly number[]) => {
    let sum = 0;
    for (let at = 0; at < values.length; at += 1) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  };
  const differences = Array.from({ length: draws }, () => drawn(left) - drawn(right)).sort((a, b) => a - b);
  const at = (share: number) => differences[Math.min(draws - 1, Math.floor(share * draws))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

/** Mulberry32 by Tommy Ettinger: a small generator with a period of 2^32, which is enough for draws. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
