/** Work on many things: what failed is said once, and a list that is cut is read to its end. */
import { expect, test } from "vitest";
import { UserError } from "@/agents/application";
import type { ProviderState } from "@/core/shapes/operations";
import { forEach, parkedTasks } from "./for-each";

const LISTED = 500;

/** A provider that lists only the first of the tasks that it parked. */
function providerWith(parked: string[]) {
  const quiet = {
    state: "parked",
    reason: null,
    answers_ms: null,
    last_at: null,
    parked_until: null,
    trees: 1,
  } as const;
  const listProviders = async (): Promise<ProviderState[]> => [
    {
      ...quiet,
      name: "anthropic",
      parked_tasks: parked.slice(0, LISTED).map((id) => ({ id, tree_id: "t", tree_title: "T", model: "anthropic/m" })),
      parked_tasks_total: parked.length,
      parked_trees_total: 1,
    },
  ];
  return { listProviders };
}

test("every task that a provider parked has its turn once, also those that its list left out", async () => {
  const parked = Array.from({ length: 1_203 }, (_, at) => `task-${at}`);
  const resumed: string[] = [];
  const { done, first, problem } = await forEach(parkedTasks(providerWith(parked), "anthropic"), async (id) => {
    parked.splice(parked.indexOf(id), 1);
    // The provider parks this one again at once.
    if (id === "task-7") parked.push(id);
    resumed.push(id);
  });
  expect([done, first, problem]).toEqual([1_203, null, ""]);
  expect(new Set(resumed).size).toBe(1_203);
  expect(parked).toEqual(["task-7"]);
});

test("tasks that fail stay in the list and are not tried again; the sentence counts them", async () => {
  const parked = ["a", "b", "c"];
  const { done, first, problem } = await forEach(parkedTasks(providerWith(parked), "anthropic"), async (id) => {
    if (id === "b") parked.splice(1, 1);
    else throw new UserError("conflict", `${id} has ended.`);
  });
  expect([done, problem]).toEqual([1, " 2 others failed: a has ended."]);
  expect(first).toMatchObject({ message: "a has ended." });
  expect(await forEach(parkedTasks(providerWith([]), "openai"), async () => {})).toMatchObject({
    done: 0,
    first: null,
  });
});
