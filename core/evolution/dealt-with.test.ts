import { expect, test } from "vitest";
import type { Insight } from "@/core/insights/insight";
import { leftOf, type SeenFunction } from "./dealt-with";

const insight = (given: Partial<Insight>): Insight => ({
  id: "a",
  kind: "complex",
  title: "",
  path: "a.ts",
  line: 1,
  end: 1,
  symbol: "f",
  shape: "ts f",
  score: 0.6,
  facts: [],
  places: [],
  impact: 0.5,
  confidence: 1,
  effort: 1,
  ...given,
});
const code = (symbol: string, complexity: number, path = "a.ts"): SeenFunction => ({
  path,
  symbol,
  complexity,
  codeLines: complexity,
});
const seen = (insights: Insight[], functions: SeenFunction[] = []) => ({ insights, functions });

/** Returns the id of what is left of the first insight of the base. */
function left(base: ReturnType<typeof seen>, head: ReturnType<typeof seen>): string | null {
  const [before = insight({})] = base.insights;
  return leftOf(before, { base, head, changed: new Set(["a.ts", "b.ts"]) })?.id ?? null;
}

test("an insight is dealt with when it is gone or its score has fallen by a third", () => {
  const base = seen([insight({})], [code("f", 40)]);
  expect(left(base, seen([]))).toBeNull();
  expect(left(base, seen([insight({ score: 0.39 })]))).toBeNull();
  expect(left(base, seen([insight({ score: 0.41 })]))).toBe("a");
});

test("a function that was renamed or moved is left, and one that was there as it is now is not", () => {
  const base = seen([insight({}), insight({ id: "b", path: "c.ts", symbol: "g" })], [code("f", 40), code("g", 20)]);
  const renamed = insight({ id: "c", symbol: "h", shape: "ts h" });
  expect(left(base, seen([renamed], [code("h", 40)]))).toBe("c");
  expect(left(base, seen([{ ...renamed, path: "b.ts" }], [code("h", 40, "b.ts")]))).toBe("c");
  expect(left(base, seen([{ ...renamed, path: "d.ts" }]))).toBeNull();
  expect(left(base, seen([{ ...renamed, score: 0.39 }], [code("h", 40)]))).toBeNull();
  const second = insight({ id: "c", symbol: "g", shape: "ts g" });
  expect(left(base, seen([second], [code("g", 20)]))).toBeNull();
  expect(left(base, seen([second], [code("g", 40)]))).toBe("c");
  expect(left(base, seen([insight({ id: "b", path: "c.ts", symbol: "g" })]))).toBeNull();
});

test("copies that are left in files that were not changed are found", () => {
  const places = ["a.ts", "d.ts", "e.ts"].map((path) => ({ path, line: 1, end: 20, symbol: "" }));
  const base = seen([insight({ kind: "duplicate", places })]);
  const rest = insight({ id: "b", kind: "duplicate", path: "d.ts", places: places.slice(1) });
  expect(left(base, seen([{ ...rest, score: 0.5 }]))).toBe("b");
  expect(left(base, seen([{ ...rest, score: 0.5, path: "f.ts" }]))).toBeNull();
});

test("a hotspot is left in the file to which it was moved", () => {
  const base = seen([insight({ kind: "hotspot" })], [code("f", 12)]);
  expect(left(base, seen([], [code("f", 12, "b.ts")]))).toBe("a");
  expect(left(base, seen([], [code("f", 8, "b.ts")]))).toBeNull();
});

test("a note is left while its text stands as often, however young its line is, and when others stand in its place", () => {
  const note = (given: Partial<Insight>) => insight({ kind: "todo", shape: "1 TODO: a", ...given });
  const base = seen([note({}), note({ id: "b" })]);
  expect(left(base, seen([note({ score: 0.1 }), note({ id: "b", score: 0.1 })]))).toBe("a");
  expect(left(base, seen([note({})]))).toBeNull();
  expect(left(base, seen([note({ id: "c", path: "d.ts" }), note({ id: "d", path: "d.ts" })]))).toBe("c");
  expect(left(base, seen([note({ id: "c", shape: "2 TODO: later", score: 0.1 })]))).toBe("c");
  expect(left(base, seen([note({ id: "c", shape: "2 TODO: later", path: "d.ts" })]))).toBeNull();
});
