import fc from "fast-check";
import { expect, test } from "vitest";
import { percentile } from "@/core/percentile";
import { msOfStep, pagePercentile, stepOf } from "./page-times";

test("a percentile of counted pages is at most 5 % above that of the times themselves, and never below", () => {
  const times = fc.array(fc.double({ min: 1, max: 120_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 1), (values, share) => {
      const counts = new Map<number, number>();
      for (const value of values) counts.set(stepOf(value), (counts.get(stepOf(value)) ?? 0) + 1);
      const counted = [...counts].map(([step, pages]) => ({ step, pages }));
      const exact = percentile(values, share);
      const found = pagePercentile(counted, share) ?? 0;
      expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(found).toBeLessThanOrEqual(exact * 1.05 * (1 + 1e-9));
    }),
  );
});

test("the quickest pages are in the first step, and without pages there is no percentile", () => {
  expect([stepOf(0), stepOf(0.2), stepOf(1), msOfStep(0)]).toEqual([0, 0, 0, 1]);
  expect(pagePercentile([], 0.95)).toBeNull();
});
