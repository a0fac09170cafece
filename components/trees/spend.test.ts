import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { spendOf } from "./spend";

const NO_CAP = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const task = (id: string, parent_id: string | null, cost_usd: number, tokens: number, grant: object = {}) =>
  ({ id, parent_id, spent: { ...NO_CAP, cost_usd, tokens }, grant: { ...NO_CAP, ...grant } }) as Task;

test("a task's own spend is its branch's spend minus its subtasks', to the micro-dollar", () => {
  const root = task("a", null, 0.3, 300, { cost_usd: 1 });
  const tasks = new Map(
    [root, task("b", "a", 0.1, 100), task("c", "a", 0.100001, 50), task("d", "b", 0.05, 60)].map((one) => [
      one.id,
      one,
    ]),
  );
  expect(spendOf(root, tasks)).toEqual({
    own: { usd: 0.099999, tokens: 150 },
    below: { usd: 0.200001, tokens: 150 },
    all: { usd: 0.3, tokens: 300 },
    left: { usd: 0.7, tokens: null },
  });
});

test("spend is never negative, even if a subtask's row is newer than its parent's", () => {
  const root = task("a", null, 0.1, 10, { tokens: 5 });
  const tasks = new Map([root, task("b", "a", 0.2, 20)].map((one) => [one.id, one]));
  expect(spendOf(root, tasks)).toMatchObject({ own: { usd: 0, tokens: 0 }, left: { usd: null, tokens: 0 } });
});
