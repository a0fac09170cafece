/** The tests of a repository on each of the trees that the gates compare. */
import type { GateContext } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import { affectedBy } from "@/gates/source/affected";
import { globsWithout, isAloneByName, testSideOfChange, withTestSideOf } from "@/gates/source/test-side";
import { changesBetween } from "@/gates/source/trees";
import { arePlain, baselineOf } from "./baseline";
import { listTests, runTests, type SuiteRun, type Test } from "./run-tests";

interface RunOptions {
  /** Runs this test again, if the settings say how. */
  only?: Test;
  /** Runs only these files, if the settings say how. */
  files?: readonly string[];
  /** One red test is enough. */
  untilRed?: boolean;
  timeoutMs?: number;
}

/** The runs that several gates share. Each is made when a gate first asks for it. */
export interface Suite {
  isOnSide(path: string): boolean;
  /** The base with its own tests, or the run that replaces it. */
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
  /** Whether files of tests, which nothing else loads, are all that the change edits of the test side. */
  editsOnlyTests: boolean;
  /** In the first part: how many files of tests the change can reach, and the nearest of them, which run. */
  nearest: NearestTests | null;
  runOn(name: string, tree: FileTree, options?: RunOptions): Promise<SuiteRun>;
}

export interface NearestTests {
  files: readonly string[];
  /** Their number before most of them were left out. */
  reached: number;
}

const SUITES = new WeakMap<GateContext, Suite>();
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
  const isOnSide = testSideOfChange(context.settings, context.change);
  const side = { isOnSide, blobs };
  const laid = withTestSideOf(head, base, side);
  const edited = changesBetween(laid, head).map(({ path }) => path);
  const hasOtherTests = edited.length > 0;
  const oldTree = hasOtherTests ? laid : head;
  const nearest = nearestTests(context);
  /** Without a choice of files all of them run. */
  const runOn: Suite["runOn"] = (name, tree, options = {}) => runSuite(context, name, tree, options);
  const runNearest = (name: string, tree: FileTree) =>
    nearest === null ? runOn(name, tree) : runFiles(runOn, { name, tree, files: nearest.files });
  /** Runs the head's tests on a tree; `before` is the run of the base's tests there. */
  const ownTests = async (name: string, tree: FileTree, before: SuiteRun) => {
    const known = context.settings.tests?.some === undefined ? null : withoutFiles(before, edited, laid);
    if (known === null) return runNearest(name, tree);
    const files = edited.filter((path) => head.files.has(path));
    return files.length === 0 ? known : joined(known, await runOn(name, tree, { files }));
  };
  const isUnchanged = paths.length === 0;
  const baseline = async () => {
    const listed = nearest === null ? await listedOf(context, base) : null;
    const onFiles = (files: readonly string[]) => runOn("base-files", base, { files });
    return listed && baselineOf(listed, await suite.old(), onFiles);
  };
  const suite: Suite = {
    isOnSide,
    oldTree,
    hasOtherTests,
    nearest,
    runOn,
    editsOnlyTests: edited.every(isAloneByName),
    base: once(async () => (await baseline()) ?? runNearest("base", base)),
    old: once(() => runNearest(isUnchanged ? "head" : "head-with-tests-of-base", oldTree)),
    head: once(async () => (hasOtherTests ? ownTests("head", head, await suite.old()) : suite.old())),
    newOnBase: once(async () =>
      hasOtherTests
        ? ownTests("base-with-tests-of-head", withTestSideOf(base, head, side), await suite.base())
        : suite.base(),
    ),
  };
  return suite;
}

/** Returns null when everything runs. */
function nearestTests({ part, settings, change }: GateContext): NearestTests | null {
  const first = settings.tests?.first;
  if (part === "whole" || !first) return null;
  const isOne = globsWithout(first.files);
  const reached = [...affectedBy(change, first.aliases)].filter(([path]) => isOne(path) && arePlain([path]));
  const near = reached.filter(([, steps]) => steps <= first.most_steps).map(([path]) => path);
  return { files: near.slice(0, first.most_files), reached: reached.length };
}

/** Runs the files that the tree has. */
async function runFiles(
  runOn: Suite["runOn"],
  { name, tree, files }: { name: string; tree: FileTree; files: readonly string[] },
): Promise<SuiteRun> {
  const there = files.filter((path) => tree.files.has(path));
  if (there.length > 0) return runOn(name, tree, { files: there });
  return { tests: new Map(), exitStatus: 0, seconds: 0, problem: null };
}

/**
 * Returns a run without the tests of the edited files, which may run alone. Null when the change edits more than files
 * of tests, or when the report does not say which test is in which file.
 */
function withoutFiles(run: SuiteRun, edited: readonly string[], tree: FileTree): SuiteRun | null {
  const tests = [...run.tests].filter(([, { file }]) => file === null || !edited.includes(file));
  const isKnown =
    run.problem === null &&
    edited.every(isAloneByName) &&
    arePlain(edited) &&
    [...run.tests.values()].every(({ file }) => file !== null && tree.files.has(file));
  return isKnown ? { ...run, tests: new Map(tests) } : null;
}

/** A filter may have run more than the files. */
function joined(known: SuiteRun, run: SuiteRun): SuiteRun {
  const tests = new Map([...run.tests, ...known.tests]);
  return { ...run, tests, seconds: known.seconds + run.seconds };
}

/** Returns the tests that passed in one run and not in the other. */
export function lostIn(without: SuiteRun, run: SuiteRun): Test[] {
  return [...without.tests.values()].filter(
    ({ id, status }) => status === "passed" && run.tests.get(id)?.status !== "passed",
  );
}

/** Returns the names of the base's tests; null when the settings or the command do not say them. */
async function listedOf({ settings, runner }: GateContext, base: FileTree) {
  const { list, some, sandbox, timeout_minutes } = settings.tests ?? {};
  if (!list || !some || !sandbox || !timeout_minutes) return null;
  const { run: command, file } = list;
  const timeoutMs = timeout_minutes * 60 * SECONDS;
  return listTests(runner, file, { name: "base-list", tree: base, command, sandbox, timeoutMs });
}

async function runSuite(
  { settings, runner }: GateContext,
  name: string,
  tree: FileTree,
  options: RunOptions,
): Promise<SuiteRun> {
  const { tests } = settings;
  if (!tests) throw new Error("The settings name no tests.");
  const { only, files, timeoutMs } = options;
  return runTests(runner, tests.report, {
    name,
    tree,
    command: commandFor(tests, options),
    sandbox: tests.sandbox,
    timeoutMs: timeoutMs ?? tests.timeout_minutes * 60 * SECONDS,
    ...(only && { env: { BANYAN_TEST_FILE: only.file ?? "", BANYAN_TEST_NAME: only.name } }),
    ...(files && { env: { BANYAN_TEST_FILES: files.join(" ") } }),
  });
}

function commandFor(
  { run, rerun, some, until_red }: NonNullable<GateContext["settings"]["tests"]>,
  { only, files, untilRed }: RunOptions,
): string {
  return (only && rerun) || (files && some) || (untilRed && until_red) || run;
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
