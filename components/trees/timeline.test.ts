import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import type { Timeline, TimelineTask } from "@/core/shapes/tree-views";
import { activityTotals, barsOf, loadOf, mergeTimeline, spanOf, ticksOf } from "./timeline";

const FROM = Date.UTC(2026, 0, 5, 12, 50);
const NOW = FROM + 100_000;
const task = (fields: Partial<Task>) => ({ id: "a", parked_until: null, parked_by: null, ...fields }) as Task;
const row = (id: string, stretches: TimelineTask["stretches"], cost_usd = 0): TimelineTask => ({
  id,
  stretches,
  ends: [],
  cost_usd,
  tokens: 0,
});
const timeline = (tasks: TimelineTask[], partial = false): Timeline => ({
  tree_id: "t",
  from: new Date(FROM).toISOString(),
  at: new Date(NOW).toISOString(),
  slots: 4,
  cursor: "1",
  partial,
  tasks,
});

test("a later answer replaces its own tasks and adds new ones", () => {
  const first = timeline([row("a", [["ran", 0, null]]), row("b", [])]);
  const next = timeline([row("a", [["ran", 0, 5]]), row("c", [])], true);
  const merged = mergeTimeline(first, next);
  expect(merged.tasks.map(({ id, stretches }) => [id, stretches.length])).toEqual([
    ["a", 1],
    ["b", 0],
    ["c", 0],
  ]);
  expect(merged.tasks[0]?.stretches[0]?.[2]).toBe(5);
  expect(mergeTimeline(first, timeline([])).tasks).toEqual([]);
});

test("bars that run or failed last are solid; a mark follows each end", () => {
  const ran: TimelineTask["stretches"] = [
    ["ran", 0, 10],
    ["tasks", 10, 20],
    ["ran", 20, 30],
  ];
  const looks = (status: Task["status"], stretches = ran, ends: TimelineTask["ends"] = []) =>
    barsOf({ ...row("a", stretches), ends }, task({ status }), FROM, NOW).map(({ look, mark }) => [look, mark]);
  expect(looks("succeeded")).toEqual([
    ["ok", null],
    ["tasks", null],
    ["ok", "succeeded"],
  ]);
  expect(looks("failed", ran, [{ at: 10, status: "failed" }])).toEqual([
    ["ran", "failed"],
    ["tasks", null],
    ["bad", "failed"],
  ]);
  expect(looks("running", [["ran", 0, null]])).toEqual([["live", null]]);
});

test("the bar of a parked task extends to its resume time, other bars to now", () => {
  const parked = row("a", [["parked", 10, null]]);
  const until = new Date(FROM + 500_000).toISOString();
  expect(barsOf(parked, task({ status: "parked", parked_until: until }), FROM, NOW)[0]?.end).toBe(500_000);
  expect(barsOf(row("a", [["you", 10, null]]), task({ status: "waiting" }), FROM, NOW)[0]?.end).toBe(100_000);
  const tasks = new Map([["a", task({ parked_until: until })]]);
  expect(spanOf(timeline([parked]), tasks, NOW)).toBe(520_000);
});

test("the load counts the tasks that ran at once and the spend up to each part", () => {
  const two = timeline([row("a", [["ran", 0, 50]], 1), row("b", [["ran", 25, 75]], 3), row("c", [["ran", 75, 100]])]);
  const load = loadOf(two, 100, 4, NOW);
  expect(load.running).toEqual([1, 2, 1, 1]);
  expect(load.most).toBe(2);
  expect(load.spent[3]).toBeCloseTo(4);
  expect(load.spent[0]!).toBeLessThan(load.spent[1]!);
});

test("times are added up by activity", () => {
  const totals = activityTotals(
    timeline([
      row("a", [
        ["ran", 0, 40_000],
        ["you", 40_000, null],
      ]),
    ]),
    NOW,
  );
  expect(totals).toMatchObject({ ran: 40_000, you: 60_000, parked: 0 });
});

test.each([
  [70 * 60_000, 10 * 60_000],
  [5_000, 1_000],
  [3 * 24 * 3_600_000, 12 * 3_600_000],
  [400 * 24 * 3_600_000, 50 * 24 * 3_600_000],
])("ticks of %i ms are round and few", (span, step) => {
  const ticks = ticksOf(FROM, span, 8, 0);
  expect(ticks.length).toBeLessThanOrEqual(9);
  expect(ticks[0]?.step).toBe(step);
  for (const { at } of ticks) expect((FROM + at) % step).toBe(0);
});
