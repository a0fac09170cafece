/**
 * Sentinels: faults that the base's tests notice have to be noticed again on the change. A few lines in a source file,
 * or a patched runner, can make every assertion pass; then no fault is noticed any more.
 */
import type { Finding } from "@/core/shapes/improving/gates";
import { fault, flag, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import { drawn, type Mutant, mutantKey, mutantsOf } from "@/gates/mutants/mutants";
import { lineFinder, unchangedPieces } from "@/gates/source/lines";
import { textIn } from "@/gates/source/trees";
import type { SuiteRun } from "@/gates/suite/run-tests";
import { suiteOf } from "@/gates/suite/suite";
import { controlFaults } from "./control";
import { isKilled, mutable } from "./mutant-run";

/** The most files to choose from. */
const MOST_FILES = 200;
/** Tries for each wanted sentinel: tests do not notice every fault. */
const TRIES = 3;

/** Files of the control that neither have a sentinel nor are in the change: code may read a file other than its own. */
const OTHERS = 10;

/** A fault with its place on both sides of the change. */
interface Sentinel {
  base: Mutant;
  head: Mutant;
}

export const sentinels: Gate = {
  name: "sentinels",
  needsSandbox: true,
  isLater: true,
  off(context) {
    const { settings, change } = context;
    if (!settings.tests || settings.sentinels === false) return "The settings ask for no sentinels.";
    if (change.paths.length === 0) return "Nothing changed.";
    const isMutable = mutable(context);
    return [...change.base.files.keys()].some(isMutable) ? null : "The base has no JavaScript or TypeScript.";
  },
  async judge(context) {
    const suite = suiteOf(context);
    const [base, old] = [await suite.base(), await suite.old()];
    if (base.problem !== null) return notMeasured(`On the base ${base.problem}.`);
    if (old.problem !== null) return notMeasured(`With the tests of the base, ${old.problem}.`);
    const { settings } = context;
    const { count, least } = settings.sentinels || { count: 0, least: 0 };
    const candidates = candidatesOf(context);
    if (candidates.length === 0) return notMeasured("No fault can be put into code that both sides have.");
    const { tried, killed, survived, paths } = await tryAll(context, { base, old, candidates, count });
    for (const path of alsoRewritten(context)) paths.add(path);
    const findings = [
      ...survived.map(survivorFault),
      ...tooFew(tried, killed, least),
      ...(await controlFaults(context, { base, old, paths })),
    ];
    const again = killed - survived.length;
    return measured(`${again} of ${killed} faults that the base's tests notice are noticed again.`, findings, {
      tried,
      killed_on_base: killed,
      killed_on_head: again,
    });
  },
};

async function tryAll(
  context: GateContext,
  { base, old, candidates, count }: { base: SuiteRun; old: SuiteRun; candidates: Sentinel[]; count: number },
) {
  const { oldTree } = suiteOf(context);
  const result = { tried: 0, killed: 0, survived: [] as Mutant[], paths: new Set<string>() };
  for (const sentinel of candidates.slice(0, count * TRIES)) {
    if (result.killed >= count) break;
    result.tried += 1;
    const name = `mutant-${result.tried}`;
    const onBase = { name: `${name}-base`, tree: context.change.base, without: base, mutant: sentinel.base };
    if (!(await isKilled(context, onBase))) continue;
    const onHead = { name: `${name}-head`, tree: oldTree, without: old, mutant: sentinel.head };
    const isNoticed = await isKilled(context, onHead);
    // On a busy machine a run may have failed for lack of time, and not because of the fault.
    if (!isNoticed && !(await isKilled(context, { ...onBase, name: `${name}-base-again` }))) continue;
    result.killed += 1;
    result.paths.add(sentinel.head.path);
    if (!isNoticed) result.survived.push(sentinel.head);
  }
  return result;
}

/** Returns the files of the change, and some others that the seed draws. */
function alsoRewritten(context: GateContext): string[] {
  const { change, seed } = context;
  const isMutable = mutable(context);
  const files = [...change.head.files.keys()].filter(isMutable);
  const changed = change.paths.map(({ path }) => path).filter(isMutable);
  return [...changed, ...drawn(files, `${seed} others`, (path) => path).slice(0, OTHERS)];
}

function survivorFault({ path, line, shown }: Mutant): Finding {
  return fault(`The tests of the base notice this fault on the base and not on the change: ${shown}`, { path, line });
}

function tooFew(tried: number, killed: number, least: number): Finding[] {
  if (killed === 0)
    return [
      fault(`The tests notice none of ${tried} faults, not even on the base: they cannot show that a change works.`),
    ];
  return killed < least ? [flag(`Only ${killed} sentinels were found, fewer than ${least}.`)] : [];
}

/**
 * Returns faults in code that the change leaves as it is, in a drawn order. Every second one is in a file that the
 * change touches: code that disarms tests may act only where it is loaded.
 */
function candidatesOf(context: GateContext): Sentinel[] {
  const { change, seed } = context;
  const touched = new Set(change.paths.map(({ path }) => path));
  const files = drawn([...change.base.files.keys()].filter(mutable(context)), seed, (path) => path);
  const [near, far] = [files.filter((path) => touched.has(path)), files.filter((path) => !touched.has(path))].map(
    (paths) => {
      const all = paths.slice(0, MOST_FILES).flatMap((path) => sentinelsIn(context, path));
      return drawn(all, seed, ({ base }) => mutantKey(base));
    },
  );
  const most = Math.max(near?.length ?? 0, far?.length ?? 0);
  return Array.from({ length: most }, (_, at) => [near?.[at], far?.[at]])
    .flat()
    .filter((sentinel) => sentinel !== undefined);
}

function sentinelsIn({ change }: GateContext, path: string): Sentinel[] {
  const { base, head, blobs } = change;
  const [before, after] = [textIn(base, path, blobs), textIn(head, path, blobs)];
  if (before === null || after === null) return [];
  const pieces = unchangedPieces(before, after);
  const lineAt = lineFinder(after);
  return mutantsOf(path, before).flatMap((mutant) => {
    const piece = pieces.find(({ from, length }) => mutant.start >= from && mutant.end <= from + length);
    if (!piece) return [];
    const shift = piece.to - piece.from;
    const [start, end] = [mutant.start + shift, mutant.end + shift];
    return [{ base: mutant, head: { ...mutant, start, end, line: lineAt(start) } }];
  });
}
