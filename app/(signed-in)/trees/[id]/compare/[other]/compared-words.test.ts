import { expect, test } from "vitest";
import type { ComparedTree } from "@/core/shapes/comparison";
import { copiedText, differenceText, namesOf, originText, startRows } from "@/core/words/comparison";

const tree = (tree_id: string, fields: Partial<ComparedTree> = {}) =>
  ({
    tree_id,
    status: "succeeded",
    verdict: null,
    tokens: 100,
    cost_usd: 1,
    forked_from: null,
    copied: { tokens: 0, cost_usd: 0 },
    ...fields,
  }) as ComparedTree;

test("a fork says from which side it came, in either order", () => {
  const fork = tree("b", { forked_from: { tree_id: "a", seq: 7, turn: 3 } });
  expect(originText(tree("a"), fork)).toBe("B was forked from A at turn 3. Both hold everything before that.");
  expect(originText(fork, tree("a"))).toBe("A was forked from B at turn 3. Both hold everything before that.");
  const other = tree("c", { forked_from: { tree_id: "a", seq: 9, turn: 1, task: "Run the tests" } });
  expect(originText(fork, other)).toBe(
    "Both were forked from the same tree: A at turn 3, B at the start of “Run the tests”.",
  );
  expect(originText(tree("a"), tree("d"))).toBe("Neither was forked from the other.");
});

test("what was copied counts for nobody", () => {
  const fork = tree("b", { cost_usd: 1, copied: { cost_usd: 0.5, tokens: 50 }, tokens: 100 });
  expect(differenceText(tree("a"), fork)).toBe("B costs 50 % less. Copied spend is not counted.");
  expect(copiedText(fork)).toBe("of it $0.50 and 50 tokens copied, not spent by it");
  expect(copiedText(tree("a"))).toBeNull();
  expect(differenceText(tree("a"), tree("d"))).toMatch(/^So far they do not differ/);
  expect(differenceText(tree("a"), tree("d", { status: "stopped" }))).toMatch(/^A succeeded, B was stopped\./);
});

const start: Partial<ComparedTree> = {
  instruction: "Count.",
  agent: "worker",
  model: "runbook",
  runbook: null,
  workspace: null,
  rights: ["read"],
  grant: { cost_usd: null, tokens: null, tasks: null, depth: null, seconds: null },
  agents: [{ name: "worker", versions: [1] }],
  documents: [],
  lessons_given: "found",
  lessons: [],
  rounds: null,
};

test("what two trees were started with is named, and what is the same", () => {
  const other = tree("b", {
    ...start,
    workspace: "/src/shop",
    runbook: "repository-survey",
    grant: { cost_usd: 2, tokens: 1_000, tasks: 1, depth: 2, seconds: 90 },
    agents: [{ name: "worker", versions: [1, 3] }],
  });
  const rows = startRows(tree("a", start), other);
  expect(rows.filter((row) => row.differs).map(({ name, a, b }) => [name, a, b])).toEqual([
    ["Runbook", "none", "repository-survey"],
    ["Workspace", "a folder of its own", "/src/shop"],
    ["Grant", "no cap", "$2.00, 1,000 tokens, 1 task, 2 levels of subtasks, 1 m"],
    ["Agents used", "worker v1", "worker v1 and v3"],
  ]);
  expect(namesOf(rows.filter((row) => !row.differs))).toBe(
    "Instruction, agent, model, rights, documents used and lessons",
  );
  expect(namesOf(rows.slice(0, 1))).toBe("Instruction");
  // Two folders of their own are not the same one.
  expect(startRows(tree("a", start), tree("b", start)).map(({ name }) => name)).not.toContain("Workspace");
});

test("a fork with other versions and lessons says which", () => {
  const lesson = { id: "l", advice: "\nClose the pool in afterAll.\nAlso in workers." };
  const rowsOf = (fields: Partial<ComparedTree>) =>
    startRows(tree("a", start), tree("b", { ...start, ...fields }))
      .filter((row) => row.differs)
      .map(({ name, a, b }) => [name, a, b]);
  expect(
    rowsOf({
      agents: [{ name: "worker", versions: [3] }],
      documents: [{ name: "style", versions: [2] }],
      lessons_given: "named",
      lessons: [lesson],
    }),
  ).toEqual([
    ["Agents used", "worker v1", "worker v3"],
    ["Documents used", "none", "style v2"],
    ["Lessons", "none shown", "only “Close the pool in afterAll.”"],
  ]);
  expect(rowsOf({ lessons_given: "named" })).toEqual([["Lessons", "none shown", "only named ones, none shown yet"]]);
  expect(rowsOf({ lessons_given: "none" })).toEqual([["Lessons", "none shown", "none: it runs without lessons"]]);
  expect(rowsOf({ lessons: [lesson, { id: "m", advice: "Look twice." }] })).toEqual([
    ["Lessons", "none shown", "“Close the pool in afterAll.”, “Look twice.”"],
  ]);
});

test("rounds are compared when both goals have ended", () => {
  const five = tree("a", { rounds: 5 });
  expect(differenceText(five, tree("b", { rounds: 2 }))).toBe(
    "B took 2 rounds instead of 5. Copied spend is not counted.",
  );
  expect(differenceText(tree("b", { rounds: 2 }), tree("c", { rounds: 1, status: "failed", cost_usd: 2 }))).toBe(
    "A succeeded, B failed; B costs 100 % more; B took 1 round instead of 2. Copied spend is not counted.",
  );
  expect(differenceText(five, tree("b", { rounds: 2, status: "running" }))).not.toContain("rounds");
  expect(differenceText(five, tree("b", { rounds: null }))).not.toContain("rounds");
});
