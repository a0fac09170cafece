import path from "node:path";
import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { readPlaywrightFailures, readVitestFailures, toldFailures } from "./failures.mjs";

function report(content: unknown): string {
  return path.join(fixture({ "report.json": JSON.stringify(content) }), "report.json");
}

test("each failed test of Playwright's report is listed with its last error, shortened and without colours", () => {
  const failed = (message: string) => ({ errors: [{ message }] });
  const spec = (title: string, status: string, results: object[]) => ({
    title,
    file: "home.spec.ts",
    line: 7,
    tests: [{ status, results }],
  });
  const inner = [
    spec("passes", "expected", [{ errors: [] }]),
    spec("fails", "unexpected", [
      failed("first"),
      failed(`\u001b[31mError\u001b[39m: ${"x".repeat(400)}\n${"a line\n".repeat(40)}`),
    ]),
    spec("hangs", "unexpected", [{ errors: [] }]),
  ];
  const file = report({ suites: [{ suites: [{ specs: inner }], specs: [] }], errors: [{ message: "No worker." }] });
  const failures = readPlaywrightFailures(file);
  expect(failures.map(({ title }) => title)).toEqual([
    "home.spec.ts:7 fails",
    "home.spec.ts:7 hangs",
    "outside of any test",
  ]);
  const lines = (failures[0]?.error ?? "").split("\n");
  expect(lines.length).toBe(14);
  expect(lines[0]).toMatch(/^Error: x+…$/);
  expect(toldFailures("what failed", failures)).toContain("✗ home.spec.ts:7 hangs\n    It did not end in time.");
});

test("failed tests and files that do not load are listed from vitest's report, with names relative to the folder", () => {
  const file = report({
    testResults: [
      { name: "/project/a.test.ts", status: "failed", message: "SyntaxError: no", assertionResults: [] },
      {
        name: "/project/b.test.ts",
        status: "failed",
        message: "",
        assertionResults: [
          { status: "passed", fullName: "holds", failureMessages: [] },
          { status: "failed", fullName: "breaks", failureMessages: ["AssertionError: expected 1 to be 2"] },
        ],
      },
    ],
  });
  expect(readVitestFailures(file, "/project")).toEqual([
    { title: "a.test.ts", file: "a.test.ts", error: "SyntaxError: no" },
    { title: "b.test.ts breaks", file: "b.test.ts", error: "AssertionError: expected 1 to be 2" },
  ]);
});

test("without a failure, or without a report, nothing is listed", () => {
  expect(readPlaywrightFailures("/nowhere/report.json")).toEqual([]);
  expect(readVitestFailures("/nowhere/report.json", "/")).toEqual([]);
  expect(toldFailures("what failed", [])).toBe("");
});
