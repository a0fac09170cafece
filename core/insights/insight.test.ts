import { expect, test } from "vitest";
import { asInsights, type Finding, type Insight, type KnownInsight } from "./insight";

const finding = (given: Partial<Finding>): Finding => ({
  kind: "undocumented",
  title: "",
  path: "a.ts",
  line: 1,
  end: 1,
  symbol: "",
  shape: "",
  facts: [],
  places: [],
  impact: 0.5,
  confidence: 1,
  effort: 1,
  ...given,
});

const known = (insights: readonly Insight[], isFound = true): KnownInsight[] =>
  insights.map(({ id, kind, path, symbol }) => ({ id, kind, path, symbol, isFound }));

const idsAfter = (before: Finding, after: Finding, isFound = true) => {
  const first = asInsights([before], []);
  return [first, asInsights([after], known(first, isFound))].map(([one]) => one?.id);
};

test("an insight about a file keeps its id while the number of its places changes, one and several included", () => {
  const one = finding({ symbol: "a", shape: "a" });
  const two = finding({ symbol: "", shape: "a\nb" });
  for (const kind of ["undocumented", "untyped", "unused-exports", "untested-functions"] as const)
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const) {
      const [before, after] = idsAfter({ ...from, kind }, { ...to, kind });
      expect([kind, after]).toEqual([kind, before]);
    }
});

test("an insight inherits no id of one in its place that the look before no longer found", () => {
  const [before, after] = idsAfter(finding({ shape: "a" }), finding({ shape: "b" }), false);
  expect(after).not.toBe(before);
  const [same, again] = idsAfter(finding({ shape: "a" }), finding({ shape: "a" }), false);
  expect(again).toBe(same);
});

test("a note with another text is another insight, and one whose place changes is not", () => {
  const note = finding({ kind: "todo", symbol: "total", shape: "1 TODO: round" });
  const [before, after] = idsAfter(note, { ...note, shape: "2 TODO: check the currency" });
  expect(after).not.toBe(before);
  const [same, moved] = idsAfter(note, { ...note, path: "b.ts", symbol: "" });
  expect(moved).toBe(same);
});
