/**
 * The control of the sentinels: the same files in other words. Code that disarms tests could look at its own files and
 * stop doing so when a fault is in them; the sentinels would then be noticed as they should be. It would stop for the
 * control too, which has no fault, so a test that fails there gives it away.
 */
import { createHash } from "node:crypto";
import type { Finding } from "@/core/shapes/improving/gates";
import { fault, flag, type GateContext } from "@/gates/model/gate";
import type { FileTree, TreeFile } from "@/gates/model/tree";
import { inOtherWords } from "@/gates/mutants/rewrites";
import { textIn, withFiles } from "@/gates/source/trees";
import { flakyOf } from "@/gates/suite/rerun";
import type { SuiteRun } from "@/gates/suite/run-tests";
import { lostIn, suiteOf } from "@/gates/suite/suite";
import { withoutFault } from "./mutant-run";

const MOST_NAMED = 5;

/** `paths` are the files that are rewritten: those with sentinels, those of the change, and some others. */
export async function controlFaults(
  context: GateContext,
  { base, old, paths }: { base: SuiteRun; old: SuiteRun; paths: ReadonlySet<string> },
): Promise<Finding[]> {
  const suite = suiteOf(context);
  const tree = inOtherWordsOf(context, suite.oldTree, paths);
  if (await passesQuickly(context, tree, old)) return [];
  const run = await suite.runOn("control-head", tree);
  const red = run.problem === null ? lostIn(old, run) : [];
  if (run.problem === null && red.length === 0) return [];
  // A test that reads source files may fail because of the new words alone; then it fails on the base too.
  const onBase = await suite.runOn("control-base", inOtherWordsOf(context, context.change.base, paths));
  if (onBase.problem !== null)
    return [flag(`On the base, with its sources written in other words, ${onBase.problem}. The control says nothing.`)];
  if (run.problem !== null) return [fault(`With the change's sources written in other words, ${run.problem}.`)];
  const usual = new Set(lostIn(base, onBase).map(({ id }) => id));
  const odd = red.filter(({ id }) => !usual.has(id));
  const flaky = await flakyOf(context, tree, odd);
  return odd
    .filter(({ id }) => !flaky.has(id))
    .slice(0, MOST_NAMED)
    .map(({ id, file }) =>
      fault("This test passes on the change, and fails when its sources say the same in other words.", {
        test: id,
        path: file,
      }),
    );
}

/** Whether the part of the tests that looks for faults passes. Sentinels are sought only there, and all tests take long. */
async function passesQuickly(context: GateContext, tree: FileTree, old: SuiteRun): Promise<boolean> {
  if (context.settings.tests?.until_red === undefined) return false;
  const suite = suiteOf(context);
  const clean = await withoutFault(context, suite.oldTree, old);
  const run = await suite.runOn("control-head", tree, { untilRed: true });
  return run.problem === null && lostIn(clean, run).length === 0;
}

/** Other tokens and names, and a comment at the end. */
function inOtherWordsOf({ change, seed }: GateContext, tree: FileTree, paths: ReadonlySet<string>): FileTree {
  const { blobs } = change;
  const comment = `\n// ${createHash("sha256").update(seed).digest("hex").slice(0, 16)}\n`;
  const written = [...paths].flatMap((path): [string, TreeFile][] => {
    const file = tree.files.get(path);
    const text = textIn(tree, path, blobs);
    if (!file || text === null) return [];
    return [[path, { ...file, oid: blobs.add(Buffer.from(inOtherWords(path, text, seed) + comment)) }]];
  });
  return withFiles(tree, written);
}
