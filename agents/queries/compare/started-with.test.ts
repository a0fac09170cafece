import { expect, test } from "vitest";
import type { Setup } from "@/core/log/entries";
import type { Task, Tree } from "@/core/shapes/shapes";
import { startedWith } from "./started-with";

const setup = (agent: string, agentVersion: number, documents: Setup["documents"] = []) =>
  ({ agent, agentVersion, documents, rights: ["read"], runbook: { name: "survey", version: 2 } }) as Setup;
const tree = { id: "t", workspace: "/src/shop", grant: { tasks: 5 } } as Tree;
const root = { agent: "coder", model: "m", instruction: "Mend it." } as Task;
const of = (setups: Setup[], isInPlace = true) =>
  startedWith(
    { ofTree: () => setups.map((one) => ({ setup: one, before: null })), isInPlace: () => isInPlace },
    tree,
    root,
  );

test("Agents and documents are listed once, with all their versions", () => {
  const rules = { name: "rules", version: 4 };
  const found = of([
    setup("worker", 1, [rules]),
    setup("coder", 3, [rules]),
    setup("worker", 2, [{ ...rules, version: 5 }]),
  ]);
  expect(found.agents).toEqual([
    { name: "coder", versions: [3] },
    { name: "worker", versions: [1, 2] },
  ]);
  expect(found.documents).toEqual([{ name: "rules", versions: [4, 5] }]);
  expect(found).toMatchObject({ agent: "coder", instruction: "Mend it.", runbook: "survey", workspace: "/src/shop" });
});

test("What a fork changed stands beside what was there before; lessons are found, named or none", () => {
  const of = (changed: Partial<Setup>) => {
    const setups = { ofTree: () => [{ setup: { ...setup("coder", 4), ...changed }, before: setup("coder", 3) }] };
    return startedWith({ ...setups, isInPlace: () => true }, tree, root);
  };
  expect(of({})).toMatchObject({ agents: [{ name: "coder", versions: [3, 4] }], lessons_given: "found" });
  expect(of({ memory: "with", lessons: ["a"] }).lessons_given).toBe("named");
  expect(of({ memory: "without", lessons: null }).lessons_given).toBe("none");
});

test("A folder of the tree's own is not named, and a tree without a readable setup has no details", () => {
  expect(of([setup("worker", 1)], false).workspace).toBeNull();
  expect(of([])).toMatchObject({ runbook: null, rights: [], agents: [], documents: [] });
});
