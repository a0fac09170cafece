import { describe, expect, test } from "vitest";
import { doesDecide, isRefused, type ReplayPair, type ReplayResult, replaySides } from "./replays";

const result = (passed: boolean, tokens = 100): ReplayResult => ({ passed, tokens, microUsd: 0 });
const pair = (live: boolean, candidate: boolean, tokens = 100): ReplayPair => {
  return { live: result(live), candidate: result(candidate, tokens) };
};
const times = (count: number, pair: ReplayPair) => Array.from({ length: count }, () => pair);

describe("replays refuse", () => {
  test.each<[string, boolean, ReplayPair[]]>([
    ["nothing was replayed", false, []],
    ["one tree says nothing", false, [pair(true, false)]],
    ["both work", false, times(4, pair(true, true))],
    ["neither works", false, times(4, pair(false, false))],
    ["the candidate is better", false, times(4, pair(false, true))],
    ["it breaks all that worked", true, times(2, pair(true, false))],
    [
      "it breaks all that worked, and does what did not",
      true,
      [...times(2, pair(true, false)), ...times(2, pair(false, true))],
    ],
    ["it breaks one of four", false, [pair(true, false), ...times(3, pair(true, true))]],
    ["it breaks three of four", true, [pair(true, true), ...times(3, pair(true, false))]],
    ["each costs more, together more than 1.25 times", true, times(3, pair(true, true, 130))],
    ["each costs a little more", false, times(3, pair(true, true, 120))],
    ["one costs much more, another less", false, [pair(true, true, 400), pair(true, true, 90)]],
  ])("%s: %s", (_, expected, pairs) => {
    expect(isRefused(pairs)).toBe(expected);
  });

  test("money counts where there is a price", () => {
    const dear = {
      live: { passed: true, tokens: 100, microUsd: 10 },
      candidate: { passed: true, tokens: 90, microUsd: 20 },
    };
    expect(isRefused(times(2, dear))).toBe(true);
    expect(isRefused(times(2, { ...dear, live: { ...dear.live, microUsd: 0 } }))).toBe(false);
  });
});

test("a tree counts only with both versions", () => {
  const half: ReplayPair = { live: result(true), candidate: null };
  const { live, candidate } = replaySides([half, pair(true, false), { live: null, candidate: result(true) }]);
  expect([live.trees, live.passed, candidate.trees, candidate.passed]).toEqual([1, 1, 1, 0]);
  expect(isRefused([half, half, half])).toBe(false);
});

test("the halves are about equal, and the same each time", () => {
  const ids = Array.from({ length: 1_000 }, (_, number) => `tree${number}`);
  const deciding = ids.filter(doesDecide);
  expect(deciding.length).toBeGreaterThan(430);
  expect(deciding.length).toBeLessThan(570);
  expect(ids.filter(doesDecide)).toEqual(deciding);
});
