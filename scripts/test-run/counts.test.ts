import path from "node:path";
import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { lastLine, readPlaywrightCounts, readVitestCounts } from "./counts.mjs";

function report(content: unknown): string {
  return path.join(fixture({ "report.json": JSON.stringify(content) }), "report.json");
}

const VITEST = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{}] }],
};

test("in vitest's report a todo counts as skipped and a file that does not load as failed", () => {
  expect(readVitestCounts(report(VITEST), 0)).toEqual({ passed: 5, failed: 0, skipped: 2 });
  const broken = {
    ...VITEST,
    numFailedTests: 2,
    testResults: [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "failed" }, { status: "failed" }] },
      // Something went wrong after its tests.
      { status: "failed", assertionResults: [{ status: "passed" }] },
    ],
  };
  expect(readVitestCounts(report(broken), 1)).toEqual({ passed: 5, failed: 4, skipped: 2 });
});

test("a runner that fails without a failed test or without a report counts as failed", () => {
  expect(readVitestCounts(report(VITEST), 1).failed).toBe(1);
  expect(readVitestCounts("/nowhere/report.json", 0).failed).toBe(1);
  expect(readPlaywrightCounts("/nowhere/report.json", 0).failed).toBe(1);
});

test("in Playwright's report a flaky test counts as failed", () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(readPlaywrightCounts(report({ stats }), 1)).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

test("the last line has the form that programs parse", () => {
  expect(lastLine({ passed: 12, failed: 0, skipped: 3 })).toBe("12 passed, 0 failed, 3 skipped");
});
