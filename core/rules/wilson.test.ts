import fc from "fast-check";
import { expect, test } from "vitest";
import { shareOf } from "./wilson";

test.each([
  // From Wilson's formula, as other programs print it.
  [8, 10, 0.490162, 0.943318],
  [0, 5, 0, 0.434482],
  [5, 5, 0.565518, 1],
  [90, 100, 0.825631, 0.944776],
])("%i of %i", (successes, uses, low, high) => {
  const found = shareOf(successes, uses);
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

test("the interval is in 0 to 1, holds the share, and more of the same uses make it narrower", () => {
  expect(shareOf(0, 0)).toBeNull();
  fc.assert(
    fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (given, uses) => {
      const successes = Math.min(given, uses);
      const [few, many] = [shareOf(successes, uses), shareOf(successes * 4, uses * 4)];
      if (!few || !many) throw new Error("there were uses");
      expect(few.low).toBeGreaterThanOrEqual(0);
      expect(few.high).toBeLessThanOrEqual(1);
      expect(few.low).toBeLessThanOrEqual(few.share + 1e-9);
      expect(few.high).toBeGreaterThanOrEqual(few.share - 1e-9);
      expect(many.high - many.low).toBeLessThan(few.high - few.low);
    }),
  );
});
