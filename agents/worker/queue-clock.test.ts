import { expect, test } from "vitest";
import { createCounts } from "@/core/metrics/counts";
import { createQueueClock } from "./queue-clock";

test("a wait lasts from the first look at the queue to the claim; a task that left the queue begins anew", () => {
  const counts = createCounts();
  let clock = 0;
  const queue = createQueueClock(() => clock, counts);
  const waited = () => counts.take().map(({ sum }) => sum);
  queue.see(["a", "b"]);
  clock = 4_000;
  queue.see(["a", "b", "c"]);
  clock = 10_000;
  queue.claimed("a");
  expect(waited()).toEqual([10]);
  queue.claimed("c");
  expect(waited()).toEqual([6]);
  // It was paused and is ready again.
  queue.see([]);
  queue.see(["b"]);
  clock = 11_000;
  queue.claimed("b");
  queue.claimed("never seen");
  expect(waited()).toEqual([1, 0]);
});
