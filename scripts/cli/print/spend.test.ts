import { expect, test } from "vitest";
import type { Task, Tree } from "@/core/shapes/shapes";
import { ownSpend, spendLine, usedLine } from "./spend";
import { widthOf, wrap } from "./text";

const NONE = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };

test("a task's own spend is its spend minus its subtasks', to the micro-dollar", () => {
  const task = (id: string, parent_id: string | null, cost_usd: number) =>
    ({ id, parent_id, spent: { ...NONE, cost_usd } }) as Task;
  const tasks = [task("a", null, 0.600006), task("b", "a", 0.300003), task("c", "b", 0.200002), task("d", "a", 0.1)];
  expect([...ownSpend(tasks)]).toEqual([
    ["a", 0.200003],
    ["b", 0.100001],
    ["c", 0.200002],
    ["d", 0.1],
  ]);
});

test("the spend line names the limits and what the fork copied", () => {
  const tree = {
    totals: { tasks: 1, ended: 0, tokens_in: 1200, tokens_out: 345, cost_usd: 0.012345 },
    grant: { ...NONE, cost_usd: 1, tokens: 9000, tasks: 7 },
    forked_from: { tree_id: "x", seq: 3 },
  } as Tree;
  expect(spendLine(tree, { copiedTokens: 400, copiedMicroUsd: 10_000 })).toBe(
    "Spent $0.012345 of $1.00, 1200 tokens in and 345 out of 9000. Other limits: 7 tasks. The fork copied $0.01 and 400 tokens of this.",
  );
});

test("text wraps between words, and inside words longer than a line", () => {
  expect(wrap("one two three\n\nfour", 8)).toEqual(["one two", "three", "", "four"]);
  expect(wrap("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
  for (const line of wrap("日本語日本語 a", 5)) expect(widthOf(line)).toBeLessThanOrEqual(5);
});

test("the use of the model calls is printed for the first turn and for all turns", () => {
  const first = {
    input_tokens: 5_100,
    cache_read_tokens: 0,
    cache_write_tokens: 4_000,
    output_tokens: 120,
    cost_usd: 0.02,
  };
  const all = {
    input_tokens: 62_000,
    cache_read_tokens: 46_000,
    cache_write_tokens: 0,
    output_tokens: 3_400,
    cost_usd: 0.1,
  };
  expect(usedLine({ calls: 12, ...all, first_turn: first })).toBe(
    "First turn: 5.1k in, none cached, 120 out, $0.02. All 12 model calls: 62k in, 74 % cached, 3.4k out.",
  );
  expect(usedLine({ calls: 1, ...first, first_turn: first })).toBe("First turn: 5.1k in, none cached, 120 out, $0.02.");
  expect(usedLine({ calls: 0, ...first, first_turn: null })).toBe("");
});
