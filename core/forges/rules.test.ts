import { expect, test } from "vitest";
import { missingFor, NO_RULES, type PullState, rulesIn } from "./rules";

test("labels, reviewers and merges are read, one a line, with comments between", () => {
  const text = [
    "# who looks at what",
    "label area: docs: docs/**, *.md",
    "",
    "review @ann, bob: src/**",
    "merge 2 approvals, checks, check, licences: docs/**",
  ].join("\n");
  expect(rulesIn(text)).toEqual({
    labels: [{ label: "area: docs", paths: ["docs/**", "*.md"] }],
    reviews: [{ logins: ["ann", "bob"], paths: ["src/**"] }],
    merges: [
      {
        line: "merge 2 approvals, checks, check, licences: docs/**",
        approvals: 2,
        checks: true,
        check: true,
        gates: ["licences"],
        paths: ["docs/**"],
      },
    ],
  });
  expect(rulesIn("\n  # nothing\n")).toEqual(NO_RULES);
});

test.each([
  ["merge: docs/**", "a rule reads"],
  ["merge checks", "a rule reads"],
  ["close checks: docs/**", "a rule reads"],
  ["merge checks:", "names no paths"],
  ["merge tests: docs/**", "“tests” is nothing that a merge can need"],
  ["merge 11 approvals: docs/**", "at most 10"],
  ["label a, b: docs/**", "no comma"],
  ["review ann and bob: docs/**", "not the login"],
])("%s is refused with its line and what is wrong", (line, part) => {
  expect(rulesIn(`label x: **\n${line}`)).toEqual({ fault: expect.stringContaining(part) });
  expect(rulesIn(`label x: **\n${line}`)).toEqual({ fault: expect.stringContaining("Line 2 ") });
});

const READY: PullState = { against: null, approvals: 1, checks: "passed", check: true, gates: [], judges: [] };
const merge = (needs: string) => {
  const rules = rulesIn(`merge ${needs}: **`);
  if ("fault" in rules || rules.merges[0] === undefined) throw new Error("It is no rule.");
  return rules.merges[0];
};

test("a merge waits for each thing that its rule names, and never happens with a red check", () => {
  expect(missingFor(merge("1 approval, checks, check"), READY)).toEqual([]);
  expect(missingFor(merge("2 approvals"), READY)).toEqual(["2 approvals, has 1"]);
  expect(missingFor(merge("checks"), { ...READY, checks: "none" })).toHaveLength(1);
  expect(missingFor(merge("checks"), { ...READY, checks: "undecided" })).toHaveLength(1);
  expect(missingFor(merge("1 approval"), { ...READY, checks: "none" })).toEqual([]);
  expect(missingFor(merge("1 approval"), { ...READY, checks: "failed" })).toEqual(["a red check"]);
  expect(missingFor(merge("1 approval"), { ...READY, checks: "running" })).toHaveLength(1);
  expect(missingFor(merge("check"), { ...READY, check: null })).toHaveLength(1);
  expect(missingFor(merge("1 approval"), { ...READY, against: "a person's change" })).toEqual(["a person's change"]);
});

test("a gate that was not measured has not passed", () => {
  const rule = merge("licences");
  for (const outcome of ["not_measured", "failed", "off"])
    expect(missingFor(rule, { ...READY, gates: [{ gate: "licences", outcome }] })).toHaveLength(1);
  expect(missingFor(rule, READY)).toHaveLength(1);
  expect(missingFor(rule, { ...READY, gates: [{ gate: "licences", outcome: "passed" }] })).toEqual([]);
});

test("a change of what judges it needs an approval, whatever its rule says", () => {
  const changed = { ...READY, approvals: 0, judges: ["a.test.ts"] };
  expect(missingFor(merge("checks"), changed)).toEqual(["1 approval (it changes a.test.ts, which judges it), has 0"]);
  expect(missingFor(merge("checks"), { ...changed, approvals: 1 })).toEqual([]);
});
