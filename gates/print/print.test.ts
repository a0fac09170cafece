import { expect, test } from "vitest";
import { GATE_NAMES, type GatesReport } from "@/core/shapes/improving/gates";
import { GATES } from "../checks/gates";
import { finding, gate, report } from "../testing/report";
import { markdownOf } from "./markdown";
import { tableLines } from "./table";

const lines = (of: GatesReport) => tableLines(of, (_, text) => text);

test("the table has a row for each gate that ran, its findings, and one line for the gates that are off", () => {
  const found = [
    finding("No test.", { kind: "note", path: "a.ts", line: 3 }),
    finding("Red.", { path: "a.test.ts", test: "a.test.ts > adds" }),
  ];
  const gates = [
    gate("old_tests", "failed", found),
    { ...gate("scope", "passed"), cpu_seconds: 12.34 },
    gate("bench", "off"),
    gate("lint", "off"),
  ];
  expect(lines(report("failed", gates))).toEqual([
    "/repository: main (aaaaaaaaaaaa) → working tree",
    "",
    "old tests  FAILED           1.3 s  old_tests | said",
    "  ✗ a.test.ts > adds: Red.",
    "  · a.ts:3: No test.",
    "scope      passed           1.3 s    CPU 12.3 s  scope | said",
    "Off: bench, lint.",
    "",
    "Failed: old tests.",
    "Evidence: /evidence",
  ]);
});

test("the last line but one says what decides", () => {
  const flagged = gate("scope", "passed", [finding("Guarded.", { kind: "flag" })]);
  const tested = gate("old_tests", "passed");
  expect(lines(report("passed", [flagged, tested])).at(-2)).toBe("Passed. 1 flag needs a person's look.");
  const off = "Not measured: tests. The other gates passed. 1 flag needs a person's look.";
  expect(lines(report("passed", [flagged])).at(-2)).toBe(off);
  expect(lines(report("passed", [flagged, gate("old_tests", "off")])).at(-2)).toBe(off);
  expect(lines(report("failed", [gate("lint", "failed")])).at(-2)).toBe("Failed: lint. Tests were not measured.");
  const gates = [gate("lint", "not_measured"), gate("types", "not_measured", [], false)];
  expect(lines(report("not_measured", gates)).at(-2)).toBe("Not measured: lint.");
  expect(lines(report("not_measured", [gate("lint", "off")])).at(-2)).toBe("Not measured: every gate is off.");
});

test("text of the repository cannot draw: no control characters, and code in Markdown", () => {
  const hostile = gate("lint", "failed", [
    finding("Red \u001b[2J\u202e ![x](https://example.org) ``<b>@all", { path: "a|b" }),
  ]);
  const shown = lines(report("failed", [hostile])).join("\n");
  expect(shown).toContain("a|b: Red \uFFFD ![x](https://example.org)");
  const markdown = markdownOf(report("failed", [hostile]));
  expect(markdown).toContain("- fault: `a|b`: ``` Red \uFFFD[2J\uFFFD ![x](https://example.org) ``<b>@all ```");
  expect(markdown).toContain("| lint | FAILED | 1.3 |  | `lint \\| said` |");
});

test("every gate of the report's shape exists, in its order", () => {
  expect(GATES.map(({ name }) => name)).toEqual(GATE_NAMES);
});
