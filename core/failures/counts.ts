/** Lists the kinds of failures with their counts. Pure. */
import type { Failures, ListedFailure } from "@/core/shapes/failures";
import { FAILURE_KEYS, FAILURES } from "./kinds";
import { recommendationsFor } from "./recommendations";

const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
/** The span of the counts that people and planners see. */
export const MONTH_MS = 30 * DAY_MS;
/** Older failures are forgotten. */
export const MEMORY_MS = 90 * DAY_MS;
const WEEKS = 12;

/** Counts of a kind. */
export interface KindCount
  extends Pick<ListedFailure, "last_90_days" | "last_30_days" | "settled" | "recovered" | "failed_goals"> {
  kind: string;
  last: NonNullable<ListedFailure["last"]>;
}

/** How often a kind happened in a week; 0 is the week that ends now. */
export interface WeekCount {
  kind: string;
  ago: number;
  count: number;
}

const NONE = { last_30_days: 0, last_90_days: 0, settled: 0, recovered: 0, failed_goals: 0, last: null };

/** Returns all kinds of the table. A kind that only another version knows is left out. */
export function failuresOf(counts: readonly KindCount[], weeks: readonly WeekCount[]): Failures {
  const items = FAILURE_KEYS.map((key): ListedFailure => {
    const { title, shows, prevention, recovery } = FAILURES[key];
    const { kind: _, ...counted } = counts.find(({ kind }) => kind === key) ?? { kind: key, ...NONE };
    return { kind: key, title, shows, prevention, recovery, weeks: trendOf(key, weeks), ...counted };
  });
  items.sort((a, b) => b.last_30_days - a.last_30_days || b.last_90_days - a.last_90_days);
  const sum = (field: "last_30_days" | "settled" | "recovered") => items.reduce((all, item) => all + item[field], 0);
  return {
    items,
    recommendations: recommendationsFor(items),
    last_30_days: sum("last_30_days"),
    settled: sum("settled"),
    recovered: sum("recovered"),
  };
}

function trendOf(key: string, weeks: readonly WeekCount[]): number[] {
  const own = weeks.filter(({ kind }) => kind === key);
  return Array.from({ length: WEEKS }, (_, at) => own.find(({ ago }) => ago === WEEKS - 1 - at)?.count ?? 0);
}
