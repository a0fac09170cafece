import { expect, test } from "vitest";
import { CONFIDENCE, LEAST_PAIRS, median, type Pair, pairedRatio } from "./paired-ratio";

/** Pairs with these ratios, on a machine that gets slower: the ratios stay. */
function pairsOf(ratios: readonly number[]): Pair[] {
  return ratios.map((ratio, index) => ({ base: 2 ** index, head: ratio * 2 ** index }));
}

const TEN = [1.5, 0.5, 1, 2, 0.75, 1.25, 4, 1.75, 3, 0.25];

test("the ratio is the median of the pairs', and its interval leaves out one of ten at each end", () => {
  expect(pairedRatio(pairsOf(TEN))).toMatchObject({ ratio: 1.375, low: 0.5, high: 3 });
  expect(pairedRatio(pairsOf(TEN))?.confidence).toBeCloseTo(1 - (2 * (1 + 10)) / 1024, 12);
});

// The ranks and confidences of the usual tables of this interval.
test.each([
  [6, 1, 0.969],
  [8, 1, 0.992],
  [9, 2, 0.961],
  [10, 2, 0.979],
  [12, 3, 0.961],
  [15, 4, 0.965],
  [17, 5, 0.951],
  [20, 6, 0.959],
])("of %i pairs the interval begins at the ratio number %i and holds at %f", (count, rank, confidence) => {
  const found = pairedRatio(pairsOf(Array.from({ length: count }, (_, index) => 2 ** (index + 1))));
  expect(found).toMatchObject({ low: 2 ** rank, high: 2 ** (count - rank + 1) });
  expect(found?.confidence.toFixed(3)).toBe(confidence.toFixed(3));
});

test("many pairs narrow the interval, and it always holds as often as it says", () => {
  for (let count = LEAST_PAIRS; count <= 200; count += 1) {
    const found = pairedRatio(pairsOf(Array.from({ length: count }, (_, index) => 1 + index / count)));
    expect(found?.confidence).toBeGreaterThanOrEqual(CONFIDENCE);
    expect(found?.low).toBeLessThanOrEqual(found?.ratio ?? 0);
  }
  const width = (count: number) => {
    const found = pairedRatio(pairsOf(Array.from({ length: count }, (_, index) => 1 + index / (count - 1))));
    return (found?.high ?? 0) - (found?.low ?? 0);
  };
  expect(width(100)).toBeLessThan(width(20));
  expect(width(20)).toBeLessThan(width(LEAST_PAIRS));
});

test("drift of the machine changes no ratio, while the medians of the sides show it", () => {
  const drifting = [1, 2, 4, 8, 16, 32].map((base) => ({ base, head: base * 1.5 }));
  expect(pairedRatio(drifting)).toMatchObject({ base: 6, head: 9, ratio: 1.5, low: 1.5, high: 1.5 });
});

test("too few pairs and values below 0 have no interval", () => {
  expect(pairedRatio(pairsOf([1, 1, 1, 1, 1]))).toBeNull();
  expect(pairedRatio([])).toBeNull();
  expect(pairedRatio([...pairsOf(TEN), { base: -1, head: 1 }])).toBeNull();
  expect(pairedRatio([...pairsOf(TEN), { base: Number.NaN, head: 1 }])).toBeNull();
});

test("nothing on both sides is no difference; something instead of nothing is without limit", () => {
  const same = Array.from({ length: 6 }, () => ({ base: 0, head: 0 }));
  expect(pairedRatio(same)).toMatchObject({ ratio: 1, low: 1, high: 1 });
  expect(pairedRatio(same.map(() => ({ base: 0, head: 3 })))).toMatchObject({ low: Infinity, ratio: Infinity });
  expect(pairedRatio(same.map(() => ({ base: 3, head: 0 })))).toMatchObject({ high: 0, ratio: 0 });
});

test("the median of an even number of values is between the middle two", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});
