import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { isChosen, shownIdOf, withoutSelectors } from "./selectors";

const none = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const task = (id: string, parent_id: string | null, fields: Partial<Task> = {}) =>
  ({ id, parent_id, role: "work", agent: "worker", depends_on: [], waiting_for: null, spent: none, ...fields }) as Task;
const mapOf = (...tasks: Task[]) => new Map(tasks.map((one) => [one.id, one]));
const selector = { agent: "agent_selector" };

test("the chosen task stands in the selector's place, at every level, with what both spent", () => {
  const spent = { ...none, cost_usd: 3 };
  const shown = withoutSelectors(
    mapOf(
      task("root", null, { ...selector, spent }),
      task("work", "root"),
      task("pick", "work", { ...selector, depends_on: ["before"] }),
      task("picked", "pick"),
      task("after", "work", { depends_on: ["pick"] }),
      task("judge", "work", { role: "finishing" }),
    ),
  );
  expect([...shown.values()].map(({ id, parent_id }) => [id, parent_id])).toEqual([
    ["work", null],
    ["picked", "work"],
    ["after", "work"],
    ["judge", "work"],
  ]);
  expect(shown.get("work")?.spent.cost_usd).toBe(3);
  expect(shown.get("picked")?.depends_on).toEqual(["before"]);
  expect(shown.get("after")?.depends_on).toEqual(["picked"]);
  expect([...shown.values()].filter(isChosen).map(({ id }) => id)).toEqual(["work", "picked"]);
});

test("a selector that has not chosen is shown, and its id leads to itself", () => {
  const tasks = mapOf(task("root", null, selector));
  expect(withoutSelectors(tasks)).toBe(tasks);
  expect(shownIdOf(tasks.values(), "root")).toBe("root");
  expect(shownIdOf(mapOf(task("root", null, selector), task("work", "root")).values(), "root")).toBe("work");
});
