/** The tests of a repository on each of the trees that the gates compare. */
import type { GateContext } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import { isAloneByName, testSideOfChange, withTestSideOf } from "@/gates/source/test-side";
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
  /** The base with its own tests, or what stands for it. */
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
  const hasOtherTests = changesBetween(laid, head).length > 0;
  const oldTree = hasOtherTests ? laid : head;
  const runOn: Suite["runOn"] = (name, tree, options = {}) => runSuite(context, name, tree, options);
  /** Runs the head's tests on a tree; `before` is the run of the base's tests there. */
  const ownTests = async (name: string, tree: FileTree, before: SuiteRun) => {
    const edited = changesBetween(laid, head).map(({ path }) => path);
    const known = context.settings.tests?.some === undefined ? null : withoutFiles(before, edited, laid);
    if (known === null) return runOn(name, tree);
    const files = edited.filter((path) => head.files.has(path));
    return files.length === 0 ? known : joined(known, await runOn(name, tree, { files }));
  };
  const isUnchanged = paths.length === 0;
  const baseline = async () => {
    const listed = await listedOf(context, base);
    const onFiles = (files: readonly string[]) => runOn("base-files", base, { files });
    return listed && baselineOf(listed, await suite.old(), onFiles);
  };
  const suite: Suite = {
    ...{ isOnSide, oldTree, hasOtherTests, runOn },
    base: once(async () => (await baseline()) ?? runOn("base", base)),
    old: once(() => runOn(isUnchanged ? "head" : "head-with-tests-of-base", oldTree)),
    head: once(async () => (hasOtherTests ? ownTests("head", head, await suite.old()) : suite.old())),
    newOnBase: once(async () =>
      hasOtherTests
        ? ownTests("base-with-tests-of-head", withTestSideOf(base, head, side), await suite.base())
        : suite.base(),
    ),
  };
  return suite;
}

/**
 * Returns a run without the tests of the edited files, which may run alone. Null when more than files of tests is edited,
 * or when the report does not say which test is in which file.
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
    ...{ name, tree, command: commandFor(tests, options), sandbox: tests.sandbox },
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
