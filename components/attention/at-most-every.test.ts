import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atMostEvery } from "./at-most-every";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a steady stream of wakes does not put the work off, and a wake during the work leads to another run", async () => {
  const ends: (() => void)[] = [];
  const { wake, stop } = atMostEvery(1_000, () => new Promise((done) => ends.push(done)));
  for (let at = 0; at < 30; at += 1) {
    wake();
    await vi.advanceTimersByTimeAsync(100);
  }
  // The first run has not ended, so there is no second.
  expect(ends.length).toBe(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ends.length).toBe(2);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ends.length).toBe(2);
  wake();
  stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ends.length).toBe(2);
});
