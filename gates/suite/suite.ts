/** Runs a repository's tests on a tree and reads their report. */
import type { CommandResult, GateContext } from "@/gates/model/gate";
import { lastLineOf } from "@/gates/model/log";
import type { FileTree } from "@/gates/model/tree";
import { testSide, withTestSideOf } from "@/gates/source/test-side";
import { changesBetween, withoutFile } from "@/gates/source/trees";
import type { TestCase } from "./cases";
import { readReport } from "./report";

export interface SuiteRun {
  /** By id; of several tests with one id the worst counts. */
  tests: ReadonlyMap<string, Test>;
  exitStatus: number | null;
  seconds: number;
  /** Why the tests could not be read, as a phrase; null when they could. */
  problem: string | null;
}

export interface Test extends TestCase {
  /** The number of tests with this id. */
  times: number;
}

interface RunOptions {
  /** Runs this test again, if the settings say how. */
  only?: Test;
  /** One red test is enough. */
  untilRed?: boolean;
  timeoutMs?: number;
}

/** The runs that several gates share. Each is made when a gate first asks for it. */
export interface Suite {
  isOnSide(path: string): boolean;
  /** The base with its own tests. */
  base(): Promise<SuiteRun>;
  /** The head with the base's tests. */
  old(): Promise<SuiteRun>;
  /** The head with its own tests. */
  head(): Promise<SuiteRun>;
  /** The base with the head's tests. */
  newOnBase(): Promise<SuiteRun>;
  /** The tree of the head with the base's tests. */
  oldTree: FileTree;
  /** Whether the head has another test side than the base. */
  hasOtherTests: boolean;
  runOn(name: string, tree: FileTree, options?: RunOptions): Promise<SuiteRun>;
}

const SUITES = new WeakMap<GateContext, Suite>();
const RANKS = { passed: 0, skipped: 1, failed: 2 };
const SECONDS = 1000;

/** Returns the suite of a run of the gates; there is one. */
export function suiteOf(context: GateContext): Suite {
  const known = SUITES.get(context);
  if (known) return known;
  const suite = createSuite(context);
  SUITES.set(context, suite);
  return suite;
}

function createSuite(context: GateContext): Suite {
  const { base, head, blobs, paths } = context.change;
  const isOnSide = testSide(context.settings);
  const side = { isOnSide, blobs };
  const laid = withTestSideOf(head, base, side);
  const hasOtherTests = changesBetween(laid, head).length > 0;
  const oldTree = hasOtherTests ? laid : head;
  const runOn: Suite["runOn"] = (name, tree, options = {}) => runTests(context, name, tree, options);
  const isUnchanged = paths.length === 0;
  const suite: Suite = {
    ...{ isOnSide, oldTree, hasOtherTests, runOn },
    base: once(() => runOn("base", base)),
    old: once(() => runOn(isUnchanged ? "head" : "head-with-tests-of-base", oldTree)),
    head: once(() => (hasOtherTests ? runOn("head", head) : suite.old())),
    newOnBase: once(() =>
      hasOtherTests ? runOn("base-with-tests-of-head", withTestSideOf(base, head, side)) : suite.base(),
    ),
  };
  return suite;
}

/** Returns the tests that passed in one run and not in the other. */
export function lostIn(without: SuiteRun, run: SuiteRun): Test[] {
  return [...without.tests.values()].filter(
    ({ id, status }) => status === "passed" && run.tests.get(id)?.status !== "passed",
  );
}

async function runTests(
  { settings, runner }: GateContext,
  name: string,
  tree: FileTree,
  options: RunOptions,
): Promise<SuiteRun> {
  const { tests } = settings;
  if (!tests) throw new Error("The settings name no tests.");
  const { file, format } = tests.report;
  const { only, timeoutMs } = options;
  const env = only && { BANYAN_TEST_FILE: only.file ?? "", BANYAN_TEST_NAME: only.name };
  const result = await runner.run({
    name,
    // A report that is already there would be read instead of a new one.
    tree: file === undefined ? tree : withoutFile(tree, file),
    command: commandFor(tests, options),
    timeoutMs: timeoutMs ?? tests.timeout_minutes * 60 * SECONDS,
    ...(env && { env }),
    ...(file !== undefined && { reads: [file] }),
  });
  const { exitStatus, seconds } = result;
  const text = file === undefined ? result.stdout : (result.files[file] ?? null);
  const ended = endingOf(result);
  const report = ended === null ? readReport(format, text) : { problem: ended };
  if ("problem" in report) return { tests: new Map(), exitStatus, seconds, problem: said(report.problem, result) };
  // A runner that found nothing to run may just be broken.
  if (report.cases.length === 0 && exitStatus !== 0)
    return { tests: new Map(), exitStatus, seconds, problem: said("the report has no tests", result) };
  return { tests: byId(report.cases), exitStatus, seconds, problem: null };
}

function commandFor(
  { run, rerun, until_red }: NonNullable<GateContext["settings"]["tests"]>,
  { only, untilRed }: RunOptions,
): string {
  return (only && rerun) || (untilRed && until_red) || run;
}

function endingOf({ endedBy, problem, seconds }: CommandResult): string | null {
  if (endedBy === "timeout") return `a time-out ended the command after ${Math.round(seconds)} s`;
  return endedBy === "limit" ? `a limit ended the command (${problem})` : null;
}

function said(problem: string, { exitStatus, endedBy, log }: CommandResult): string {
  if (endedBy !== null) return problem;
  const last = lastLineOf(log);
  return `${problem}; exit status ${exitStatus}${last && `, ${last}`}`;
}

function byId(cases: readonly TestCase[]): Map<string, Test> {
  const tests = new Map<string, Test>();
  for (const one of cases) {
    const before = tests.get(one.id);
    const worst = before && RANKS[before.status] > RANKS[one.status] ? before : one;
    tests.set(one.id, { ...worst, times: (before?.times ?? 0) + 1 });
  }
  return tests;
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
