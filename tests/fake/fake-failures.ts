/** The failures that the fake server shows. */
import { failuresOf, type KindCount } from "@/core/failures/counts";
import type { Failures } from "@/core/shapes/failures";

const count = (kind: string, month: number, recovered: number, goals = 0): KindCount => ({
  kind,
  last_30_days: month,
  last_90_days: 2 * month,
  settled: month,
  recovered,
  failed_goals: goals,
  last: { tree: "t-old", task: "k-old", seq: 41, at: new Date().toISOString() },
});

const COUNTS = [
  count("claim_failed", 88, 70),
  count("same_error", 61, 45, 3),
  count("rate_limited", 54, 54),
  count("command_timed_out", 42, 34),
  count("stalled", 9, 3),
];

export const FAKE_FAILURES: Failures = failuresOf(
  COUNTS,
  COUNTS.flatMap(({ kind, last_30_days }, at) =>
    [0, 1, 2, 5, 7].map((ago) => ({ kind, ago, count: Math.ceil(last_30_days / (2 + ((ago + at) % 4))) })),
  ),
);
