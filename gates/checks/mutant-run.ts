/** Runs tests on a tree with one fault in it. */
import type { GateContext } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import { type Mutant, mutate } from "@/gates/mutants/mutants";
import { textIn, withFiles } from "@/gates/source/trees";
import type { SuiteRun } from "@/gates/suite/run-tests";
import { lostIn, suiteOf } from "@/gates/suite/suite";
import { isJavaScript } from "@/lib/syntax/javascript";
import { compileGlobs } from "@/lib/workspace/glob";

/** A fault may make an endless loop, which need not wait for the time-out of all tests. */
const LEAST_MS = 10_000;
const TIMES_AS_LONG = 4;

/** Whether the tests notice the fault: some test that passed without it does not pass with it. */
export async function isKilled(
  context: GateContext,
  { name, tree, without, mutant }: { name: string; tree: FileTree; without: SuiteRun; mutant: Mutant },
): Promise<boolean> {
  const { blobs } = context.change;
  const file = tree.files.get(mutant.path);
  const text = textIn(tree, mutant.path, blobs);
  if (!file || text === null) throw new Error(`The tree lacks ${mutant.path}.`);
  const oid = blobs.add(Buffer.from(mutate(text, mutant)));
  const clean = await withoutFault(context, tree, without);
  const timeoutMs = Math.ceil(LEAST_MS + clean.seconds * 1000 * TIMES_AS_LONG);
  const faulty = withFiles(tree, [[mutant.path, { ...file, oid }]]);
  const tried = (as: string) => suiteOf(context).runOn(as, faulty, { timeoutMs, untilRed: true });
  const first = await tried(name);
  // A busy machine can end a run too, which says nothing about the tests, so only a second problem counts.
  const run = first.problem === null ? first : await tried(`${name}-once-more`);
  if (run.problem !== null) return true;
  return lostIn(clean, run).length > 0;
}

const CLEAN = new WeakMap<FileTree, Promise<SuiteRun>>();

/**
 * Returns the run that a fault is compared with: by the same command, which may run only a part of the tests. Rejects
 * when that run is red, because then every run would be red.
 */
export function withoutFault(context: GateContext, tree: FileTree, without: SuiteRun): Promise<SuiteRun> {
  if (context.settings.tests?.until_red === undefined) return Promise.resolve(without);
  const known = CLEAN.get(tree) ?? suiteOf(context).runOn("without-fault", tree, { untilRed: true }).then(green);
  CLEAN.set(tree, known);
  return known;
}

function green(run: SuiteRun): SuiteRun {
  const red = [...run.tests.values()].find(({ status }) => status === "failed");
  if (run.problem === null && red === undefined) return run;
  throw new Error(`The command until_red fails without a fault (${run.problem ?? red?.id}).`);
}

/** Returns whether faults may be put into a file: code that is not on the test side. */
export function mutable(context: GateContext): (path: string) => boolean {
  const { isOnSide } = suiteOf(context);
  const { mutants } = context.settings;
  const isNamed = compileGlobs(mutants.length === 0 ? ["**"] : mutants);
  return (path) => isJavaScript(path) && !isOnSide(path) && isNamed(path);
}
