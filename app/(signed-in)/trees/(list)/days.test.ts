import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { type Day, daysOf, rowsOf, spentIn } from "./days";

function tree(id: string, day: number, origin: string | null = null, cost_usd = 1, copied = 0): Tree {
  const forked_from = origin === null ? null : { tree_id: origin, seq: 3 };
  const totals = { cost_usd, ...(copied > 0 && { copied_cost_usd: copied }) };
  return { id, created_at: `2026-11-${day}T10:00:00.000Z`, forked_from, totals } as Tree;
}

const LISTED = [
  tree("d", 24),
  tree("c", 24),
  tree("fork", 26, "c", 3, 1),
  tree("of-fork", 27, "fork"),
  tree("b", 22, "elsewhere"),
  tree("a", 21),
];
const dayOf = (at: string) => at.slice(0, 10);
const idsOf = ({ rows }: Day) => rows.map((row) => row.tree.id).join(" ");

test("a fork stands below its origin on the origin's day; one whose origin is not listed stands by itself", () => {
  const rows = rowsOf(LISTED);
  expect(rows.flatMap(({ tree, origin }) => (origin ? [`${tree.id} of ${origin.id}`] : []))).toEqual([
    "fork of c",
    "of-fork of fork",
  ]);
  const days = daysOf(rows, { dayOf, isFirstPage: true, isLastPage: true });
  expect(days.map(idsOf)).toEqual(["d c fork of-fork", "b", "a"]);
  expect(days.every((day) => day.isWhole)).toBe(true);
});

test("a day that goes on in another page is not counted", () => {
  const wholeDays = (isFirstPage: boolean, isLastPage: boolean) =>
    daysOf(rowsOf(LISTED), { dayOf, isFirstPage, isLastPage }).map((day) => day.isWhole);
  expect(wholeDays(true, false)).toEqual([true, true, false]);
  expect(wholeDays(false, true)).toEqual([false, true, true]);
  expect(daysOf([], { dayOf, isFirstPage: false, isLastPage: false })).toEqual([]);
});

test("what a fork copied was spent by its origin, and is counted once", () => {
  expect(spentIn(rowsOf(LISTED))).toBe(7);
});
