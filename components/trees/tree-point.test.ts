import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import type { Timeline, TimelineTask } from "@/core/shapes/tree-views";
import { nearest, stateText, statusAt } from "./tree-point";

const figures = (stretches: TimelineTask["stretches"], ends: TimelineTask["ends"] = []): TimelineTask => ({
  id: "a",
  stretches,
  ends,
  cost_usd: 0,
  tokens: 0,
});

test("a task is at each time what it was then, not what it is now", () => {
  const task = figures([
    ["queued", 10, 20],
    ["ran", 20, 30],
    ["you", 30, 40],
    ["ran", 40, 50],
  ]);
  const at = (ms: number) => statusAt(task, "succeeded", ms);
  expect([5, 10, 20, 30, 45, 50, 99].map(at)).toEqual([
    null,
    "ready",
    "running",
    "you",
    "running",
    "succeeded",
    "succeeded",
  ]);
});

test("an attempt that failed is failed until its retry begins; a stretch without an end lasts", () => {
  const task = figures(
    [
      ["ran", 0, 10],
      ["ran", 30, null],
    ],
    [{ at: 10, status: "failed" }],
  );
  expect([5, 10, 20, 30, 500].map((ms) => statusAt(task, "running", ms))).toEqual([
    "running",
    "failed",
    "failed",
    "running",
    "running",
  ]);
});

test("the state of a tree counts the tasks that had begun, without finishing tasks", () => {
  const timeline = {
    tasks: [
      { ...figures([["ran", 0, 50]]), id: "root" },
      { ...figures([["ran", 5, 10]]), id: "one" },
      { ...figures([["ran", 20, 30]]), id: "two" },
      { ...figures([["ran", 5, 30]]), id: "judge" },
    ],
  } as Timeline;
  const tasks = new Map(
    ["root", "one", "two", "judge"].map((id) => [
      id,
      { id, status: "succeeded", role: id === "judge" ? "finishing" : "work" } as Task,
    ]),
  );
  expect(stateText(timeline, tasks, 15)).toBe("2 of 3 tasks had begun: 1 running, 1 succeeded.");
  // A tree of one task says nothing that the point itself does not say.
  expect(stateText(timeline, new Map([...tasks].slice(0, 1)), 15)).toBe("");
});

test("the nearest of rising values is found on both sides and at the ends", () => {
  expect([-1, 0.2, 0.31, 0.9].map((wanted) => nearest([0, 0.3, 0.4], wanted))).toEqual([0, 1, 1, 2]);
  expect(nearest([], 3)).toBe(0);
});
