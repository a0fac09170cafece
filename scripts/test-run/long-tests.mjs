import { readFileSync } from "node:fs";

/**
 * Which tests `npm test` runs, and which only `npm test -- --all` does: docs/testing.md says where a file belongs.
 */

/**
 * Test files that take long: they start real processes, kill them at every boundary, build whole checkouts. The longest
 * come first, because a run of all begins with them.
 * @type {string[]}
 */
export const LONG_UNIT = JSON.parse(readFileSync(new URL("long-unit.json", import.meta.url), "utf8"));

/** The browser tests of the main walks: a server and a browser for each file take most of the time. */
export const QUICK_BROWSER = [
  "control.spec.ts",
  "failures.spec.ts",
  "first-run.spec.ts",
  "goals.spec.ts",
  "home.spec.ts",
  "review.spec.ts",
  "settings.spec.ts",
  "tree.spec.ts",
];

/**
 * One of several shares that together hold all long tests, from 1 on.
 * @typedef {{ at: number, of: number }} Share
 */

/**
 * Returns a share of some files. Each share has about as many that take long as any other, if the longest come first.
 * @param {readonly string[]} files @param {Share} share @returns {string[]}
 */
export function shareOf(files, { at, of }) {
  return files.filter((_, index) => index % of === at - 1);
}

/**
 * Returns the browser tests that `npm test` leaves out.
 * @param {readonly string[]} files names below `tests/browser` @returns {string[]}
 */
export function longBrowser(files) {
  return files.filter((file) => file.endsWith(".spec.ts") && !QUICK_BROWSER.includes(file)).sort();
}

/**
 * Returns what `npm test` adds for the runner of the unit tests: which files it leaves out.
 * @param {string[]} filters parts of paths, and flags; when they name files, nothing is left out
 */
export function quickUnit(filters) {
  return namesFiles(filters) ? [] : LONG_UNIT.flatMap((file) => ["--exclude", file]);
}

/**
 * Returns what `npm test` adds for Playwright: the files that it runs, as regular expressions.
 * @param {string[]} filters parts of paths, and flags; when they name files, nothing is added
 */
export function quickBrowser(filters) {
  return namesFiles(filters) ? [] : patternsOf(QUICK_BROWSER);
}

/** @param {readonly string[]} files @returns {string[]} regular expressions that Playwright finds these files by */
export function patternsOf(files) {
  return files.map((file) => `/${file.replaceAll(".", "\\.")}$`);
}

/**
 * Returns which of the files that a change reaches are left out: the long ones, but for those that the change touches itself.
 * @param {string[]} tests @param {string[]} edited @returns {string[]}
 */
export function longReached(tests, edited) {
  return tests.filter((file) => LONG_UNIT.includes(file) && !edited.includes(file));
}

/**
 * Says which files that a change reaches a run has left out.
 * @param {number} files @returns {string} a line, or nothing
 */
export function leftOutOfReach(files) {
  if (files === 0) return "";
  const them = files === 1 ? "1 long file of unit tests" : `${files} long files of unit tests`;
  return `\nNot run: ${them} that the change reaches. \`npm test -- --changed --all\` runs ${files === 1 ? "it" : "them"}.\n`;
}

/**
 * Says which tests a run has left out, so that nobody takes it for a run of all.
 * @param {string[]} steps that ran @param {string[]} filters @returns {string} a line, or nothing
 */
export function leftOut(steps, filters) {
  const parts = [
    steps.includes("unit") ? `${LONG_UNIT.length} long files of unit tests` : "",
    steps.includes("browser") ? `all browser tests but the ${QUICK_BROWSER.length} main walks` : "",
  ].filter((part) => part !== "");
  if (namesFiles(filters) || parts.length === 0) return "";
  return `\nNot run: ${parts.join(", and ")}. \`npm test -- --all\` runs them.\n`;
}

/** @param {string[]} filters */
function namesFiles(filters) {
  return filters.some((filter) => !filter.startsWith("-"));
}
