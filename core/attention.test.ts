import { expect, test } from "vitest";
import { attentionOf } from "./attention";

const HOUR = 3_600_000;
const item = { blastRadius: 3, uncertainty: 3, waitingTasks: 1, waitedMs: 0 } as const;

test("attention grows with blast radius, uncertainty, the number of waiting tasks and their waiting time", () => {
  const base = attentionOf(item);
  for (const more of [{ blastRadius: 5 }, { uncertainty: 5 }, { waitingTasks: 8 }, { waitedMs: 4 * HOUR }])
    expect(attentionOf({ ...item, ...more })).toBeGreaterThan(base);
});

test("attention is between 1 and 100 for any row", () => {
  const least = attentionOf({ blastRadius: 1, uncertainty: 1, waitingTasks: 0, waitedMs: -HOUR });
  const most = attentionOf({
    blastRadius: 5,
    uncertainty: 5,
    waitingTasks: 1_000,
    waitedMs: 10_000 * HOUR,
  });
  expect([least, most]).toEqual([1, 100]);
});

test("an item that blocks nothing ranks below one that blocks a branch, and rises within a week", () => {
  const flag = { ...item, waitingTasks: 0 } as const;
  expect(attentionOf(flag)).toBeLessThan(attentionOf(item));
  expect(attentionOf({ ...flag, waitedMs: 7 * 24 * HOUR })).toBe(2 * attentionOf(flag));
});
