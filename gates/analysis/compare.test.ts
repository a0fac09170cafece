import { expect, test } from "vitest";
import { type AnalysedSide, newResults } from "./compare";
import type { Analysed } from "./sarif";

const result = (line: number, more: Partial<Analysed> = {}): Analysed => ({
  tool: "t",
  rule: "r",
  level: "error",
  message: `at ${line}`,
  path: "a.js",
  line,
  isSuppressed: false,
  fingerprints: [],
  ...more,
});
const side = (files: Record<string, string[]>, results: Analysed[]): AnalysedSide => ({
  results,
  has: (path) => path in files,
  lineAt: (path, line) => files[path]?.[line - 1] ?? null,
});
const CODE = { "a.js": ["one();", "two();"] };
const freshLines = (head: AnalysedSide, base: AnalysedSide) => newResults(head, base).map(({ line }) => line);

test("a result that moved is known by the text of its line, and another one on such a line is new", () => {
  const moved = { "a.js": ["", "", "  two();", "two();"] };
  expect(freshLines(side(moved, [result(3)]), side(CODE, [result(2)]))).toEqual([]);
  expect(freshLines(side(moved, [result(3), result(4)]), side(CODE, [result(2)]))).toEqual([4]);
  expect(freshLines(side(moved, [result(3, { rule: "other" })]), side(CODE, [result(2)]))).toEqual([3]);
  expect(freshLines(side(CODE, [result(1)]), side(CODE, [result(2)]))).toEqual([1]);
});

test("a mark finds a result whose line was edited, unless several results have it", () => {
  const edited = { "a.js": ["two(1);", "three();"] };
  const mark = { fingerprints: ["h 1"] };
  expect(freshLines(side(edited, [result(1, mark)]), side(CODE, [result(2, mark)]))).toEqual([]);
  const constant = [result(1, mark), result(2, mark)];
  expect(freshLines(side(edited, constant), side(CODE, constant))).toEqual([1, 2]);
  expect(freshLines(side(edited, constant), side(CODE, [result(2, mark)]))).toEqual([1, 2]);
});

test("a file that was renamed keeps its results, and a copy of a file has new ones", () => {
  expect(freshLines(side({ "b.js": ["two();"] }, [result(1, { path: "b.js" })]), side(CODE, [result(2)]))).toEqual([]);
  const copied = side({ ...CODE, "b.js": ["two();"] }, [result(1, { path: "b.js" }), result(2)]);
  expect(freshLines(copied, side(CODE, [result(2)]))).toEqual([1]);
});

test("a suppressed result is known only by a suppressed one", () => {
  const silent = { isSuppressed: true };
  expect(freshLines(side(CODE, [result(2, silent)]), side(CODE, [result(2)]))).toEqual([2]);
  expect(freshLines(side(CODE, [result(2, silent)]), side(CODE, [result(2, silent)]))).toEqual([]);
  expect(freshLines(side(CODE, [result(2)]), side(CODE, [result(2, silent)]))).toEqual([]);
  const mark = { fingerprints: ["h 1"] };
  expect(freshLines(side(CODE, [result(2, { ...silent, ...mark })]), side(CODE, [result(2, mark)]))).toEqual([2]);
});

test("results without a place are compared by their message", () => {
  const placeless = { path: null, line: null };
  const base = side(CODE, [result(0, { ...placeless, message: "old" })]);
  const head = side(CODE, [result(0, { ...placeless, message: "old" }), result(7, { ...placeless, message: "new" })]);
  expect(newResults(head, base).map(({ message }) => message)).toEqual(["new"]);
});
