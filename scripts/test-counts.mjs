import { readFileSync } from "node:fs";
import { SetupError } from "./say.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export const passedOnce = () => ({ passed: 1, failed: 0, skipped: 0 });
/** @returns {Counts} */
export const failedOnce = () => ({ passed: 0, failed: 1, skipped: 0 });

/** The form that other programs read. @param {Counts} counts */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {string[]} argv `--only a,b` (also repeated) picks steps; the rest are filters for the test runners
 * @param {string[]} known
 * @returns {{ names: string[], filters: string[] }}
 * @throws {SetupError} for a step that is not there
 */
export function selectSteps(argv, known) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const filters = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--only") only.push(...(argv[++at] ?? "").split(","));
    else if (argument.startsWith("--only=")) only.push(...argument.slice("--only=".length).split(","));
    else filters.push(argument);
  }
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SetupError(`There is no step "${unknown}" in the tests: --only takes ${known.join(", ")}.`);
  return { names: only.length > 0 ? only : known, filters };
}

/** @param {string} file @returns {unknown} nothing when the runner died before it wrote its report */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** A runner that says it failed has failed, whatever it counted: an error outside of any test is one, too. @param {Counts} counts @param {number} status */
function withStatus(counts, status) {
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * @param {string} file vitest's JSON report @param {number} status of the runner
 * @returns {Counts} a file that does not load counts as one failed test
 */
export function readVitestCounts(file, status) {
  const report = /** @type {import("vitest/node").JsonTestResults | undefined} */ (readReport(file));
  if (!report) return failedOnce();
  const broken = report.testResults.filter(
    (result) => result.status === "failed" && result.assertionResults.length === 0,
  ).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return withStatus(counts, status);
}

/** @param {string} file Playwright's JSON report @param {number} status of the runner @returns {Counts} a flaky test has failed */
export function readPlaywrightCounts(file, status) {
  const report = /** @type {import("@playwright/test/reporter").JSONReport | undefined} */ (readReport(file));
  if (!report) return failedOnce();
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withStatus({ passed: expected, failed: unexpected + flaky, skipped }, status);
}
