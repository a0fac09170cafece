import "./check-node.mjs";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureBuilt, hasPages } from "./build.mjs";
import { runChild } from "./child.mjs";
import { ROOT } from "./places.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { checkGit, checkProjectFolder, ensureInstalled } from "./setup.mjs";
import {
  ensureBrowser,
  ensureNatsServer,
  ensureNetworkPrograms,
  ensureProgramsOfTests,
  ensureSandbox,
} from "./system.mjs";
import { filesChangedSince, testsReachedSince } from "./test-reach.mjs";
import { runAgain } from "./test-run/again.mjs";
import { failedOnce, lastLine, passedOnce, readPlaywrightCounts, readVitestCounts } from "./test-run/counts.mjs";
import { readPlaywrightFailures, readVitestFailures, toldFailures } from "./test-run/failures.mjs";
import { withTmpInMemory } from "./test-run/in-memory.mjs";
import {
  LONG_UNIT,
  leftOut,
  leftOutOfReach,
  longBrowser,
  longReached,
  patternsOf,
  quickBrowser,
  quickUnit,
  shareOf,
} from "./test-run/long-tests.mjs";
import { selectSteps } from "./test-steps.mjs";

/** @typedef {import("./test-run/counts.mjs").Counts} Counts */
/**
 * `isEarly`: it needs the packages, but not the SQLite module, so that it runs while a fresh clone compiles that. None of
 * its programs may see to the install itself, as `run-ts.mjs` does: it would wait for the one that waits for this step.
 * @typedef {{ name: string, title: string, isEarly?: boolean, run: (filters: string[]) => Promise<Counts> }} Step
 */

const BIOME_FLAGS = [
  "--error-on-warnings",
  "--diagnostic-level=warn",
  `--colors=${process.stdout.isTTY ? "force" : "off"}`,
];
/** With more changed files than this, all files are formatted and linted: a command has no room for many names. */
const MOST_NAMED = 500;
const BROWSER_TESTS = "tests/browser";
/** Each start of Node would parse a machine's own certificates, which takes twice as long as all else, and no test leaves the machine. */
const WITHOUT_CERTIFICATES = { NODE_EXTRA_CA_CERTS: undefined };
// In the checkout, because the unit tests have a folder for temporary files of their own.
mkdirSync(path.join(ROOT, "dist"), { recursive: true });
const reports = mkdtempSync(path.join(ROOT, "dist", "reports-"));
let browserFault = "";
/** Only the unit tests run that a change since this commit can reach. @type {string | null} */
let changedSince = null;
/** Long files that the change reaches, and that did not run. */
let longReachedFiles = 0;
/** Long tests run, too. */
let isAll = false;
/** Only this share of the long tests runs. @type {import("./test-run/long-tests.mjs").Share | null} */
let share = null;
/** @type {import("./test-run/failures.mjs").Failure[]} */
const failures = [];
/** @type {import("./test-run/failures.mjs").Failure[]} */
const flaky = [];

/** The steps in order: quick and informative steps first. After a failed step the others still run. @type {Step[]} */
const STEPS = [
  {
    name: "format",
    title: "format and lint",
    isEarly: true,
    run: checkFormat,
  },
  { name: "types", title: "types", isEarly: true, run: checkTypes },
  { name: "rules", title: "rules of the project", run: checkRules },
  { name: "sandbox", title: "programs that tests start", run: () => checkSetup(ensureTools) },
  // Before the tests, which start the built gates and need not bundle them each time.
  { name: "build", title: "build", run: () => checkSetup(build) },
  { name: "unit", title: "unit, simulation and integration tests", run: runUnit },
  { name: "browser", title: "browser tests", run: runPlaywright },
];

/**
 * Runs a tool of the dependencies by its file, so that it uses this same Node.
 * @param {string} tool below node_modules @param {string[]} args
 * @param {{ extra?: Record<string, string | undefined>, isInMemory?: boolean, isShownAfter?: boolean }} [how] more of the
 *   environment, where it writes its temporary files, and whether its output waits for its end
 */
async function runTool(tool, args, { extra = {}, isInMemory = false, isShownAfter = false } = {}) {
  // Some tools mistake a CI log for a terminal with colours.
  const plain = process.stdout.isTTY ? {} : { NO_COLOR: "1", FORCE_COLOR: undefined };
  const env = { ...process.env, ...plain, ...extra };
  const command = [path.join("node_modules", tool), ...args];
  const program = isInMemory ? withTmpInMemory(process.execPath, command) : { file: process.execPath, args: command };
  const { status, output } = await runChild(program.file, program.args, { cwd: ROOT, env, show: !isShownAfter });
  process.stdout.write(output);
  return status;
}

/** @param {string} tool @param {string[]} args @returns {Promise<Counts>} */
async function check(tool, args) {
  return (await runTool(tool, args)) === 0 ? passedOnce() : failedOnce();
}

async function ensureTools() {
  await ensureSandbox();
  await ensureProgramsOfTests();
  await ensureNatsServer();
  await ensureNetworkPrograms();
}

/** @returns {Promise<Counts>} */
async function checkFormat() {
  const biome = (/** @type {string[]} */ ...files) =>
    check("@biomejs/biome/bin/biome", ["ci", ...BIOME_FLAGS, "--no-errors-on-unmatched", ...files]);
  if (changedSince === null) return biome();
  const files = await filesChangedSince(ROOT, changedSince);
  if (files.length === 0) return passedOnce();
  return files.includes("biome.json") || files.length > MOST_NAMED ? biome() : biome(...files);
}

/** @returns {Promise<Counts>} */
async function checkTypes() {
  // A fresh clone lacks Next's declarations, which are generated.
  if (
    hasPages() &&
    (await runTool("next/dist/bin/next", ["typegen"], { extra: { NEXT_TELEMETRY_DISABLED: "1" } })) !== 0
  )
    return failedOnce();
  return check("typescript/bin/tsc", ["--noEmit", "-p", "."]);
}

/** @returns {Promise<Counts>} */
async function checkRules() {
  const args = ["scripts/run-ts.mjs", "scripts/check/main.ts"];
  // An entry of its configuration that matches nothing is a fault, too. Each of the two uses one core.
  const knip = ["--no-progress", "--treat-config-hints-as-errors"];
  const unused = runTool("knip/bin/knip.js", knip, { isShownAfter: true });
  const { status } = await runChild(process.execPath, args, { cwd: ROOT, show: true });
  return (await unused) === 0 && status === 0 ? passedOnce() : failedOnce();
}

/** @param {() => Promise<void>} work @returns {Promise<Counts>} */
async function checkSetup(work) {
  try {
    await work();
    return passedOnce();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return failedOnce();
  }
}

async function build() {
  browserFault = "the build failed";
  if (existsSync(path.join(ROOT, "server/main.ts"))) await ensureBuilt("programs");
  if (hasPages()) await ensureBuilt("web");
  browserFault = "";
}

/** @param {(filters: string[]) => Promise<import("./test-run/again.mjs").Run>} runner @param {string[]} filters @returns {Promise<Counts>} */
async function runTests(runner, filters) {
  const run = await runAgain(await runner(filters), (files) => {
    say(`Some tests failed. They run again, to see whether they always do: ${files.join(", ")}`);
    return runner(files);
  });
  failures.push(...run.failures);
  flaky.push(...run.flaky);
  return run.counts;
}

/** @param {string[]} filters @returns {Promise<Counts>} */
async function runUnit(filters) {
  if (share !== null) return runTests(runVitest, shareOf(LONG_UNIT, share));
  if (changedSince === null) return runTests(runVitest, isAll ? filters : [...filters, ...quickUnit(filters)]);
  const { changed, tests, edited, all } = await testsReachedSince(ROOT, changedSince, reports);
  say(`Changed files: ${changed}. Test files that they reach: ${tests.length} of ${all}.`);
  const long = isAll ? [] : longReached(tests, edited);
  longReachedFiles = long.length;
  const chosen = tests.filter((file) => !long.includes(file));
  return chosen.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : runTests(runVitest, chosen);
}

/** @param {string[]} filters */
async function runVitest(filters) {
  const report = path.join(reports, "vitest.json");
  rmSync(report, { force: true });
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters];
  const status = await runTool("vitest/vitest.mjs", args, {
    extra: { ...WITHOUT_CERTIFICATES, NODE_ENV: "test" },
    isInMemory: true,
  });
  return { counts: readVitestCounts(report, status), failures: readVitestFailures(report, ROOT) };
}

/** @param {string[]} filters @returns {Promise<Counts>} */
async function runPlaywright(filters) {
  const folder = path.join(ROOT, BROWSER_TESTS);
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
  if (!files.some((file) => /\.(spec|test)\.tsx?$/.test(String(file)))) return { passed: 0, failed: 0, skipped: 0 };
  if (browserFault) {
    say(`The browser tests need the build: ${browserFault}.`);
    return failedOnce();
  }
  let browser = "";
  const ready = await checkSetup(async () => {
    browser = await ensureBrowser(ROOT);
  });
  if (ready.failed > 0) return ready;
  const names = files.map(String);
  const chosen = share === null ? quickBrowser(filters) : patternsOf(shareOf(longBrowser(names), share));
  const report = path.join(reports, "playwright.json");
  const env = { ...WITHOUT_CERTIFICATES, BANYAN_CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  return runTests(
    async (given) => {
      rmSync(report, { force: true });
      const status = await runTool("@playwright/test/cli.js", ["test", "--reporter=line,json", ...given], {
        extra: env,
      });
      return { counts: readPlaywrightCounts(report, status), failures: readPlaywrightFailures(report) };
    },
    isAll ? filters : [...filters, ...chosen],
  );
}

/**
 * Installs what is missing, and runs the steps.
 * @param {Step[]} steps @param {string[]} filters @returns {Promise<Counts>}
 */
async function runAll(steps, filters) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const left = [...steps];
  const meanwhile = async (/** @type {AbortSignal} */ signal) => {
    while (left[0]?.isEarly && !signal.aborted) await runSteps(left.splice(0, 1), filters, total);
  };
  await ensureInstalled(ROOT, { forDevelopment: true, meanwhile });
  await runSteps(left, filters, total);
  return total;
}

/** @param {Step[]} steps @param {string[]} filters @param {Counts} total to which their counts are added */
async function runSteps(steps, filters, total) {
  for (const step of steps) {
    console.log(`\n── ${step.title}`);
    const startedMs = Date.now();
    const counts = await step.run(filters);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    console.log(`${counts.failed > 0 ? "✗" : "✓"} ${step.title}: ${lastLine(counts)} (${seconds} s)`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
}

// npm test [-- [--only step[,step]] [--all] [--changed[=COMMIT] | --long=K/N | filters and flags for the test runners]]
await runEntry(async () => {
  const { names, filters, ...chosen } = selectSteps(
    process.argv.slice(2),
    STEPS.map((step) => step.name),
  );
  ({ changedSince, isAll, share } = chosen);
  try {
    checkGit();
    checkProjectFolder();
    const steps = STEPS.filter((step) => names.includes(step.name));
    const total = await runAll(steps, filters);
    process.exitCode = total.failed > 0 ? 1 : 0;
    const told = [
      toldFailures("flaky: failed once, and passed twice when it ran again", flaky),
      toldFailures("what failed", failures),
    ];
    const isQuick = changedSince === null && share === null && !isAll;
    const rest = isQuick ? leftOut(names, filters) : leftOutOfReach(longReachedFiles);
    console.log(`${told.join("")}${rest}\n${lastLine(total)}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The last line must show a failure, because many read only that line.
    say(error.message);
    console.log(`\n${lastLine(failedOnce())}`);
    process.exitCode = 2;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});
