import { expect, test } from "vitest";
import { type Mark, stretchesOf, type TaskTimes } from "./stretches";

const TASK: TaskTimes = {
  createdMs: 0,
  startedMs: 10_000,
  endedMs: null,
  status: "running",
  predecessorsMs: null,
  subtaskEndsMs: [],
  marks: [],
  asked: [],
  pauses: [],
  off: [],
};
const NOW = 100_000;
const mark = (what: Mark["what"], seconds: number, more: Partial<Mark> = {}): Mark => ({
  atMs: seconds * 1_000,
  what,
  call: null,
  untilMs: null,
  ...more,
});
/** In seconds. */
const shown = (fields: Partial<TaskTimes>) =>
  stretchesOf({ ...TASK, ...fields }, NOW).map(
    ({ kind, fromMs, toMs }) => `${kind} ${fromMs / 1_000}–${toMs === null ? "" : toMs / 1_000}`,
  );

test("a task is queued, then runs until now", () => {
  expect(shown({})).toEqual(["queued 0–10", "ran 10–"]);
  expect(shown({ startedMs: null, status: "ready" })).toEqual(["queued 0–"]);
  expect(shown({ endedMs: 40_000, status: "succeeded" })).toEqual(["queued 0–10", "ran 10–40"]);
});

test("a task that ran is queued while no server runs; another wait stays what it is", () => {
  const off = [{ fromMs: 30_000, toMs: 60_000 }];
  expect(shown({ off })).toEqual(["queued 0–10", "ran 10–30", "queued 30–60", "ran 60–"]);
  expect(shown({ off, pauses: [{ fromMs: 20_000, toMs: 40_000 }] })).toEqual([
    "queued 0–10",
    "ran 10–20",
    "paused 20–40",
    "queued 40–60",
    "ran 60–",
  ]);
  expect(shown({ off: [{ fromMs: 30_000, toMs: null }], marks: [mark("tree_call", 20)] })).toEqual([
    "queued 0–10",
    "ran 10–20",
    "tasks 20–",
  ]);
});

test("a task waits for tasks until its predecessors have ended", () => {
  expect(shown({ predecessorsMs: { endedMs: 6_000 } })).toEqual(["tasks 0–6", "queued 6–10", "ran 10–"]);
  expect(shown({ predecessorsMs: { endedMs: null }, startedMs: null, status: "waiting" })).toEqual(["tasks 0–"]);
});

test("the moment between the last call and the end does not count as a wait", () => {
  const marks = [mark("tree_call", 20, { call: "end" })];
  expect(shown({ endedMs: 20_900, status: "succeeded", marks })).toEqual(["queued 0–10", "ran 10–20.9"]);
  expect(shown({ endedMs: 21_000, status: "succeeded", marks })).toEqual(["queued 0–10", "ran 10–20", "tasks 20–21"]);
});

test("a task waits while only calls on the tree are open, and runs while a call on the world is open", () => {
  const marks = [
    mark("world_call", 20, { call: "w" }),
    mark("tree_call", 20, { call: "t" }),
    mark("response", 30, { call: "w" }),
    mark("response", 60, { call: "t" }),
  ];
  expect(shown({ marks })).toEqual(["queued 0–10", "ran 10–30", "tasks 30–60", "ran 60–"]);
  expect(shown({ marks: marks.slice(0, 3), status: "waiting" })).toEqual(["queued 0–10", "ran 10–30", "tasks 30–"]);
});

test("a task is queued from the end of its last subtask until a worker takes it", () => {
  const marks = [mark("tree_call", 20, { call: "t" }), mark("response", 60, { call: "t" })];
  expect(shown({ marks, subtaskEndsMs: [30_000, 45_000, 80_000] })).toEqual([
    "queued 0–10",
    "ran 10–20",
    "tasks 20–45",
    "queued 45–60",
    "ran 60–",
  ]);
  const ready = { marks: marks.slice(0, 1), subtaskEndsMs: [45_000] };
  expect(shown({ ...ready, status: "ready" }).at(-1)).toBe("queued 45–");
  expect(shown({ ...ready, status: "waiting" }).at(-1)).toBe("tasks 20–");
});

test("a task is parked until its time, until a person resumes it, or still", () => {
  const parked = mark("parked", 20, { untilMs: 50_000 });
  expect(shown({ marks: [parked] })).toEqual(["queued 0–10", "ran 10–20", "parked 20–50", "ran 50–"]);
  expect(shown({ marks: [parked, mark("unparked", 30)] })).toEqual([
    "queued 0–10",
    "ran 10–20",
    "parked 20–30",
    "ran 30–",
  ]);
  expect(shown({ marks: [mark("parked", 20, { untilMs: 200_000 })], status: "parked" }).at(-1)).toBe("parked 20–");
  expect(shown({ marks: [parked], status: "ready" }).at(-1)).toBe("queued 50–");
  expect(shown({ marks: [parked, mark("parked", 70, { untilMs: 80_000 })] }).slice(2)).toEqual([
    "parked 20–50",
    "ran 50–70",
    "parked 70–80",
    "ran 80–",
  ]);
});

test("a wait for a person hides everything else, a pause hides work", () => {
  const asked = [{ fromMs: 30_000, toMs: 40_000 }];
  const pauses = [{ fromMs: 35_000, toMs: null }];
  expect(shown({ asked, pauses })).toEqual(["queued 0–10", "ran 10–30", "you 30–40", "paused 40–"]);
});

test("shows nothing between the end of an attempt and its retry", () => {
  const marks = [mark("attempt_ended", 30), mark("retried", 70)];
  expect(shown({ marks })).toEqual(["queued 0–10", "ran 10–30", "ran 70–"]);
});

test("shows nothing after the end, whatever stayed open", () => {
  const open = {
    marks: [mark("tree_call", 20, { call: "t" }), mark("parked", 90)],
    pauses: [{ fromMs: 25_000, toMs: null }],
  };
  expect(shown({ ...open, endedMs: 50_000, status: "stopped" })).toEqual([
    "queued 0–10",
    "ran 10–20",
    "tasks 20–25",
    "paused 25–50",
  ]);
});
