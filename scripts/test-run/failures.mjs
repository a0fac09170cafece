/** The failures in short form, together at the end, because often only the last part of a long log is kept. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { isBroken } from "./counts.mjs";

/** @typedef {{ title: string, file: string | null, error: string }} Failure `file` as the runner takes it; null outside of any test */

const MOST_LINES = 14;
const MOST_CHARACTERS = 200;

/** @param {string} error */
function shorten(error) {
  const lines = stripVTControlCharacters(error)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .map((line) => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line));
  return lines.slice(0, MOST_LINES).join("\n");
}

/** @param {string} file @returns {any} undefined without a report */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} file Playwright's JSON report @returns {Failure[]} */
export function readPlaywrightFailures(file) {
  /** @type {Failure[]} */
  const failures = [];
  /** @param {import("@playwright/test/reporter").JSONReportSuite} suite */
  const read = (suite) => {
    for (const inner of suite.suites ?? []) read(inner);
    for (const { title, file: place, line, tests } of suite.specs)
      for (const { results, status } of tests) {
        if (status !== "unexpected" && status !== "flaky") continue;
        const error = results.findLast(({ errors }) => errors.length > 0)?.errors[0]?.message;
        failures.push({
          title: `${place}:${line} ${title}`,
          file: place,
          error: shorten(error ?? "It did not end in time."),
        });
      }
  };
  const report = /** @type {import("@playwright/test/reporter").JSONReport | undefined} */ (readReport(file));
  for (const suite of report?.suites ?? []) read(suite);
  for (const { message } of report?.errors ?? [])
    failures.push({ title: "outside of any test", file: null, error: shorten(message ?? "") });
  return failures;
}

/** @param {string} file vitest's JSON report @param {string} root the folder that names are relative to @returns {Failure[]} */
export function readVitestFailures(file, root) {
  const report = /** @type {import("vitest/node").JsonTestResults | undefined} */ (readReport(file));
  return (report?.testResults ?? []).flatMap((result) => {
    const { name, message, assertionResults } = result;
    const place = name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name;
    if (isBroken(result))
      return [{ title: place, file: place, error: shorten(message || "The file failed outside of its tests.") }];
    return assertionResults
      .filter((assertion) => assertion.status === "failed")
      .map(({ fullName, failureMessages }) => ({
        title: `${place} ${fullName}`,
        file: place,
        error: shorten(failureMessages?.[0] ?? ""),
      }));
  });
}

/** @param {string} heading @param {readonly Failure[]} failures @returns {string} empty without failures */
export function toldFailures(heading, failures) {
  if (failures.length === 0) return "";
  const each = failures.map(({ title, error }) => `✗ ${title}\n${error.replace(/^/gm, "    ")}`);
  return `\n── ${heading}\n${each.join("\n")}\n`;
}
