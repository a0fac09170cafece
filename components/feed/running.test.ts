import { expect, test } from "vitest";
import type { Activity } from "@/core/shapes/live";
import type { Task } from "@/core/shapes/shapes";
import { followedTask, nowText, runningTasks } from "./running";

const task = (id: string, status: string, second: number) =>
  ({ id, status, turns: 2, started_at: `2026-01-01T00:00:0${second}.000Z` }) as Task;
const TASKS = [task("root", "waiting", 0), task("a", "running", 1), task("b", "running", 2)];
const call = { id: "c", tool: "use_terminal", about: "npm test" };
const doing = (task_id: string, second: number, more: Partial<Activity> = {}): Activity => {
  const since = `2026-01-01T00:00:0${second}.000Z`;
  return { task_id, number: second, turn: 3, since, call: null, line: null, ...more };
};

test("follow stays with a task while it runs, then moves to the one that began last", () => {
  const running = runningTasks(TASKS, []);
  expect(followedTask(running, "a")).toBe("a");
  expect(followedTask(running, "root")).toBe("b");
  expect(followedTask(runningTasks(TASKS, [doing("a", 9)]), "root")).toBe("a");
  expect(followedTask([], "root")).toBe("root");
});

test("a chip says what the task does", () => {
  const [a, b] = runningTasks(TASKS, [doing("a", 3, { call })]);
  expect([a && nowText(a), b && nowText(b)]).toEqual(["npm test", "turn 3"]);
  expect(nowText({ task: TASKS[1]!, now: doing("a", 3) })).toBe("writing");
});
