/** Turns rounds into rows: what the two versions measured, their ratio, and whether the rounds show a difference. */
import { type Pair, pairedRatio, type RatioInterval } from "@/lib/statistics/paired-ratio";
import type { Row } from "../rows/row";
import type { Round, Side } from "./alternate";

/** `none`: the interval contains 1. `unknown`: the values have no ratio, because some are below 0 or missing. */
type Verdict = "better" | "worse" | "none" | "unknown";

export interface Difference extends Pick<Row, "workload" | "figure" | "unit"> {
  verdict: Verdict;
  /** Null where the values have no ratio. */
  interval: RatioInterval | null;
  /** The measured values, round by round. */
  pairs: Pair[];
}

export interface Differences {
  rows: Difference[];
  /** Rows that only one side has. */
  only: Record<Side, Pick<Row, "workload" | "figure">[]>;
}

/** A row of the same name with another unit is another row. */
function keyOf({ workload, figure, unit }: Row): string {
  return JSON.stringify([workload, figure, unit]);
}

export function differencesIn(rounds: readonly Round<Row[]>[]): Differences {
  const sides = { base: rowsByKey(rounds, "base"), head: rowsByKey(rounds, "head") };
  const onlyOn = (side: Side, other: Side) =>
    [...sides[side]]
      .filter(([key]) => !sides[other].has(key))
      .map(([, { workload, figure }]) => ({ workload, figure }));
  return {
    rows: [...sides.head].filter(([key]) => sides.base.has(key)).map(([key, row]) => differenceOf(rounds, key, row)),
    only: { base: onlyOn("base", "head"), head: onlyOn("head", "base") },
  };
}

/** Returns the rows that a side has in any round. */
function rowsByKey(rounds: readonly Round<Row[]>[], side: Side): Map<string, Row> {
  return new Map(rounds.flatMap((round) => round[side].map((row) => [keyOf(row), row] as const)));
}

function differenceOf(rounds: readonly Round<Row[]>[], key: string, row: Row): Difference {
  const pairs = rounds.flatMap((round) => {
    const [base, head] = [round.base, round.head].map((rows) => rows.find((row) => keyOf(row) === key)?.value);
    return base === undefined || head === undefined ? [] : [{ base, head }];
  });
  const interval = pairedRatio(pairs);
  const { workload, figure, unit } = row;
  return { workload, figure, unit, verdict: verdictOf(interval, row.least !== undefined), interval, pairs };
}

/** For a figure with a least value, such as frames a second, higher is better. */
function verdictOf(interval: RatioInterval | null, isMoreBetter: boolean): Verdict {
  if (interval === null) return "unknown";
  if (interval.low <= 1 && interval.high >= 1) return "none";
  return interval.low > 1 === isMoreBetter ? "better" : "worse";
}
