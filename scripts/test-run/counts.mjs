import { readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export const passedOnce = () => ({ passed: 1, failed: 0, skipped: 0 });
/** @returns {Counts} */
export const failedOnce = () => ({ passed: 0, failed: 1, skipped: 0 });

/** Returns the last line of the tests, whose form other programs parse. @param {Counts} counts */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** @param {string} file @returns {unknown} undefined when the runner died before it wrote its report */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Counts a failure when the runner failed without a failed test, as after an error outside of any test. @param {Counts} counts @param {number} status */
function withStatus(counts, status) {
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * Whether a file failed outside of its tests: it did not load, or something went wrong after them.
 * @param {import("vitest/node").JsonTestResult} result
 */
export function isBroken({ status, assertionResults }) {
  return status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed");
}

/**
 * @param {string} file vitest's JSON report @param {number} status of the runner
 * @returns {Counts} a file that does not load counts as one failed test
 */
export function readVitestCounts(file, status) {
  const report = /** @type {import("vitest/node").JsonTestResults | undefined} */ (readReport(file));
  if (!report) return failedOnce();
  const broken = report.testResults.filter(isBroken).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return withStatus(counts, status);
}

/** @param {string} file Playwright's JSON report @param {number} status of the runner @returns {Counts} a flaky test counts as failed */
export function readPlaywrightCounts(file, status) {
  const report = /** @type {import("@playwright/test/reporter").JSONReport | undefined} */ (readReport(file));
  if (!report) return failedOnce();
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withStatus({ passed: expected, failed: unexpected + flaky, skipped }, status);
}
