/**
 * The control of the sentinels: the same files, with nothing but a comment added. Code that disarms tests could look at
 * its own files and stop doing so when a fault is in them; then it would be noticed like a fault. It would stop here
 * too, and here nothing may be noticed.
 */
import { randomBytes } from "node:crypto";
import type { Finding } from "@/core/shapes/improving/gates";
import { fault, type GateContext } from "@/gates/model/gate";
import type { FileTree, TreeFile } from "@/gates/model/tree";
import { textIn, withFiles } from "@/gates/source/trees";
import { flakyOf } from "@/gates/suite/rerun";
import type { SuiteRun } from "@/gates/suite/run-tests";
import { lostIn, suiteOf } from "@/gates/suite/suite";
import { withoutFault } from "./mutant-run";

const MOST_NAMED = 5;

/** `paths` are the files that get the comment: those with sentinels, and those of the change. */
export async function controlFaults(
  context: GateContext,
  { base, old, paths }: { base: SuiteRun; old: SuiteRun; paths: ReadonlySet<string> },
): Promise<Finding[]> {
  const suite = suiteOf(context);
  const comment = `\n// ${randomBytes(8).toString("hex")}\n`;
  const tree = withComment(context, suite.oldTree, paths, comment);
  if (await passesQuickly(context, tree, old)) return [];
  const run = await suite.runOn("control-head", tree);
  if (run.problem !== null) return [fault(`With only a comment added to the change, ${run.problem}.`)];
  const red = lostIn(old, run);
  if (red.length === 0) return [];
  // A test that reads source files may fail for the comment itself; then it does so on the base too.
  const onBase = await suite.runOn("control-base", withComment(context, context.change.base, paths, comment));
  const usual = new Set(lostIn(base, onBase).map(({ id }) => id));
  const odd = red.filter(({ id }) => !usual.has(id));
  const flaky = await flakyOf(context, tree, odd);
  return odd
    .filter(({ id }) => !flaky.has(id))
    .slice(0, MOST_NAMED)
    .map(({ id, file }) =>
      fault("This test passes on the change, and fails when only a comment is added to it.", { test: id, path: file }),
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

function withComment({ change }: GateContext, tree: FileTree, paths: ReadonlySet<string>, comment: string): FileTree {
  const { blobs } = change;
  const commented = [...paths].flatMap((path): [string, TreeFile][] => {
    const file = tree.files.get(path);
    const text = textIn(tree, path, blobs);
    return file && text !== null ? [[path, { ...file, oid: blobs.add(Buffer.from(text + comment)) }]] : [];
  });
  return withFiles(tree, commented);
}
