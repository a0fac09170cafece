import { expect, test } from "vitest";
import type { Stretch, Timeline } from "@/core/shapes/tree-views";
import { idleStretches, shownTimeline, timeScale } from "./time-scale";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const timeline = (...tasks: Stretch[][]) =>
  ({
    from: "2026-01-01T00:00:00.000Z",
    tasks: tasks.map((stretches, index) => ({ id: String(index), stretches, ends: [], cost_usd: 0, tokens: 0 })),
  }) as unknown as Timeline;
const at = (ms: number) => Date.parse("2026-01-01T00:00:00.000Z") + ms;

test("a stretch is idle when no task runs in it; short ones do not count", () => {
  const night = timeline(
    [
      ["ran", 0, MINUTE],
      ["you", MINUTE, 9 * HOUR],
      ["ran", 9 * HOUR, 9 * HOUR + MINUTE],
    ],
    [
      ["queued", 0, 2 * MINUTE],
      ["ran", 2 * MINUTE - 30_000, 3 * MINUTE],
      ["tasks", 3 * MINUTE, null],
    ],
  );
  expect(idleStretches(night, at(12 * HOUR))).toEqual([
    { from: 3 * MINUTE, to: 9 * HOUR },
    { from: 9 * HOUR + MINUTE, to: 12 * HOUR },
  ]);
  expect(idleStretches(timeline([["ran", 0, null]]), at(HOUR))).toEqual([]);
  expect(idleStretches(timeline(), at(HOUR))).toEqual([]);
});

test("a fold is narrow, times keep their order, and what ran keeps its length", () => {
  const scale = timeScale(10 * HOUR, [{ from: HOUR, to: 9 * HOUR }]);
  expect(scale.length).toBeCloseTo(2.06 * HOUR);
  expect(scale.place(0)).toBe(0);
  expect(scale.place(10 * HOUR)).toBe(1);
  const times = [0, HOUR, 5 * HOUR, 9 * HOUR, 10 * HOUR].map(scale.shown);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const [task] = shownTimeline(timeline([["ran", 9 * HOUR, 10 * HOUR]]), scale).tasks;
  const [, from = 0, to = 0] = task?.stretches[0] ?? [];
  expect((to ?? 0) - from).toBeCloseTo(HOUR);
});

test("a gap that would hardly become narrower stays open, and without folds nothing changes", () => {
  expect(timeScale(100 * HOUR, [{ from: HOUR, to: 3 * HOUR }]).folds).toEqual([]);
  const plain = timeline([["ran", 0, HOUR]]);
  const scale = timeScale(HOUR, []);
  expect(scale.place(HOUR / 4)).toBe(0.25);
  expect(shownTimeline(plain, scale)).toBe(plain);
});
