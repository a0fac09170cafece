import { expect, test } from "vitest";
import { type Row, row } from "../rows/row";
import { differencesIn } from "./differences";

/** Six rounds of one row; `heads` are the head's values, the base always measures 100. */
function sixRounds(heads: number[], more: Partial<Row> = {}) {
  return heads.map((head) => ({
    base: [{ ...row("tree", "wall", 100, "ms"), ...more }],
    head: [{ ...row("tree", "wall", head, "ms"), ...more }],
  }));
}

function verdictOf(heads: number[], more: Partial<Row> = {}) {
  return differencesIn(sixRounds(heads, more)).rows[0]?.verdict;
}

test("only an interval without 1 shows a difference", () => {
  expect(verdictOf([120, 130, 125, 140, 110, 105])).toBe("worse");
  expect(verdictOf([80, 70, 75, 60, 90, 95])).toBe("better");
  expect(verdictOf([120, 130, 125, 140, 110, 99])).toBe("none");
  expect(verdictOf([100, 100, 100, 100, 100, 130])).toBe("none");
  expect(verdictOf([100, 100, 100, 100, 100, 100])).toBe("none");
});

test("for a figure with a least value, higher is better", () => {
  expect(verdictOf([120, 130, 125, 140, 110, 105], { least: 50 })).toBe("better");
  expect(verdictOf([80, 70, 75, 60, 90, 95], { least: 50 })).toBe("worse");
});

test("values below 0 and too few rounds have no ratio", () => {
  expect(verdictOf([120, 130, 125, -1, 110, 105])).toBe("unknown");
  expect(verdictOf([120, 130])).toBe("unknown");
});

test("rows that only one side has are named, also when only their units differ", () => {
  const rounds = sixRounds([100, 100, 100, 100, 100, 100]).map(({ base, head }) => ({
    base: [...base, row("tree", "CPU", 1, "ms"), row("fork", "wall", 1, "ms")],
    head: [...head, row("tree", "CPU", 1, "s"), row("goal", "wall", 1, "ms")],
  }));
  const { rows, only } = differencesIn(rounds);
  expect(rows.map(({ figure, pairs }) => [figure, pairs.length])).toEqual([["wall", 6]]);
  expect(only).toEqual({
    base: [
      { workload: "tree", figure: "CPU" },
      { workload: "fork", figure: "wall" },
    ],
    head: [
      { workload: "tree", figure: "CPU" },
      { workload: "goal", figure: "wall" },
    ],
  });
});

test("a row that some rounds lack is compared in the rounds that have it on both sides", () => {
  const rounds = [...sixRounds([110, 120, 130, 140, 150, 160]), { base: [], head: [row("tree", "wall", 1, "ms")] }];
  const [found] = differencesIn(rounds).rows;
  expect(found).toMatchObject({ verdict: "worse", interval: { base: 100, low: 1.1, high: 1.6 } });
  expect(found?.pairs).toHaveLength(6);
});
