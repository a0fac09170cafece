import { expect, test } from "vitest";
import { failuresOf, type KindCount } from "./counts";
import { FAILURE_KEYS, FAILURES } from "./kinds";
import { preventionsFor } from "./preventions";

const counted = (kind: string, more: Partial<KindCount> = {}): KindCount => ({
  kind,
  last_30_days: 1,
  last_90_days: 1,
  settled: 0,
  recovered: 0,
  failed_goals: 0,
  last: { tree: "t", task: "k", seq: 1, at: "2026-11-26T00:00:00.000Z" },
  ...more,
});

test("all kinds are listed, with the most frequent first, and a kind of another version is left out", () => {
  const listed = failuresOf(
    [
      counted("stalled", { last_30_days: 2, last_90_days: 9, settled: 2, recovered: 1 }),
      counted("same_error", { last_30_days: 5, last_90_days: 5, settled: 4, recovered: 4 }),
      counted("of_another_version", { last_30_days: 50 }),
    ],
    [
      { kind: "stalled", ago: 0, count: 2 },
      { kind: "stalled", ago: 11, count: 3 },
      { kind: "stalled", ago: 12, count: 4 },
    ],
  );
  expect(listed.items.length).toBe(FAILURE_KEYS.length);
  expect(listed.items.slice(0, 2).map(({ kind }) => kind)).toEqual(["same_error", "stalled"]);
  expect(listed.items[1]).toMatchObject({
    title: FAILURES.stalled.title,
    weeks: [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  });
  expect([listed.last_30_days, listed.settled, listed.recovered]).toEqual([7, 6, 5]);
  expect(listed.items[2]).toMatchObject({ last_90_days: 0, last: null });
});

test("a planner reads what prevents kinds that happened twice and that a plan can prevent, the most frequent first", () => {
  const counts = [
    { kind: "wrong_arguments", count: 2 },
    { kind: "same_error", count: 4 },
    { kind: "stalled", count: 1 },
    { kind: "key_rejected", count: 9 },
    { kind: "of_another_version", count: 9 },
  ];
  expect(preventionsFor(counts)).toEqual([FAILURES.same_error.prevention, FAILURES.wrong_arguments.prevention]);
  const all = FAILURE_KEYS.map((kind) => ({ kind, count: 3 }));
  expect(preventionsFor(all).length).toBe(5);
});

test("failed goals, lost work and a growing kind are each advised on, in this order", () => {
  const { recommendations } = failuresOf(
    [
      counted("command_timed_out", { last_30_days: 8, last_90_days: 8, settled: 8, recovered: 8 }),
      counted("claim_failed", { last_30_days: 6, settled: 6, recovered: 2 }),
      counted("stalled", { last_30_days: 3, settled: 3, recovered: 0 }),
      counted("rounds_used_up", { last_30_days: 3, settled: 3, recovered: 0, failed_goals: 3 }),
      counted("provider_failed", { last_30_days: 9, settled: 9, recovered: 9 }),
      counted("stopped_by_person", { last_30_days: 9, settled: 9, recovered: 0 }),
      counted("goal_stuck", { last_30_days: 1, settled: 1, failed_goals: 1 }),
    ],
    [
      { kind: "command_timed_out", ago: 0, count: 6 },
      { kind: "command_timed_out", ago: 2, count: 2 },
      { kind: "provider_failed", ago: 0, count: 5 },
      { kind: "provider_failed", ago: 1, count: 8 },
    ],
  );
  expect(recommendations).toEqual([
    {
      kind: "rounds_used_up",
      says: "3 failed goals had “Rounds used up” in 30 days.",
      action: FAILURES.rounds_used_up.action,
    },
    {
      kind: "claim_failed",
      says: "“A claim did not hold” happened 6 times in 30 days, and only 2 of 6 went on without a person.",
      action: FAILURES.claim_failed.action,
    },
    {
      kind: "stalled",
      says: "“Many turns without anything new” happened 3 times in 30 days, and none of 3 went on without a person.",
      action: FAILURES.stalled.action,
    },
    {
      kind: "command_timed_out",
      says: "“Call timed out” happened 6 times this week, and 2 times in the four weeks before.",
      action: FAILURES.command_timed_out.action,
    },
  ]);
});
