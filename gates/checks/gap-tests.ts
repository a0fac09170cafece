/** Tests for gaps: the change's tests reach code that no test reached before, and notice faults in it. */
import { linesByPath } from "@/gates/coverage/paths";
import { coverageOf, percentIn } from "@/gates/coverage/run";
import { fault, type Gate, type GateContext, measured, note, notMeasured } from "@/gates/model/gate";
import { drawn, type Mutant, mutantKey, mutantsOf } from "@/gates/mutants/mutants";
import { textIn } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { isKilled, mutable } from "./mutant-run";

export const gapTests: Gate = {
  name: "gap_tests",
  needsSandbox: true,
  isLater: true,
  off(context) {
    if (!context.settings.gap_tests) return "The settings do not ask for tests of gaps.";
    return suiteOf(context).hasOtherTests ? null : "The change edits no tests.";
  },
  async judge(context) {
    const { settings, change } = context;
    const { count, least_killed_percent: least } = settings.gap_tests || { count: 0, least_killed_percent: 0 };
    if (!settings.coverage) return notMeasured("The settings name no command for coverage.");
    const base = await coverageOf(context, settings.coverage, "base", change.base);
    if (typeof base === "string") return notMeasured(`On the base, ${base}.`);
    const head = await coverageOf(context, settings.coverage, "head", change.head);
    if (typeof head === "string") return measured("Not measured on the change.", [fault(`On the change, ${head}.`)]);
    if (base.files.size === 0 || head.files.size === 0) return notMeasured("The report of coverage has only sums.");
    const reached = newlyReached(context, linesByPath(base, change.base), linesByPath(head, change.head));
    const lines = [...reached.values()].reduce((sum, { size }) => sum + size, 0);
    const percent = { before: Math.floor(percentIn(base)), after: Math.floor(percentIn(head)) };
    const counts = { lines, ...percent };
    if (lines === 0)
      return measured(
        "No line more is reached.",
        [fault("The tests reach no line that was not reached before.")],
        counts,
      );
    const without = await suiteOf(context).head();
    if (without.problem !== null) return notMeasured(`On the change ${without.problem}.`);
    const isMutable = mutable(context);
    const all = [...reached].filter(([path]) => isMutable(path)).flatMap(([path, at]) => mutantsIn(context, path, at));
    const more = `${lines} more lines are reached (${percent.before} % before, ${percent.after} % now)`;
    if (all.length === 0) return notMeasured(`${more}, but no fault can be put into them.`, [], counts);
    const mutants = drawn(all, context.seed, mutantKey).slice(0, count);
    const survived: Mutant[] = [];
    for (const [at, mutant] of mutants.entries()) {
      const where = { name: `gap-mutant-${at + 1}`, tree: change.head, without, mutant };
      if (!(await isKilled(context, where))) survived.push(mutant);
    }
    const killed = mutants.length - survived.length;
    const share = Math.floor((100 * killed) / mutants.length);
    const findings = [
      ...(share < least
        ? [fault(`${share} % is less than ${least} %: the tests run these lines and check little.`)]
        : []),
      ...survived.map(({ path, line, shown }) => note(`No test notices this fault: ${shown}`, { path, line })),
    ];
    return measured(`${more}, and ${killed} of ${mutants.length} faults in them are noticed (${share} %).`, findings, {
      ...counts,
      mutants: mutants.length,
      killed,
    });
  },
};

type Lines = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

/** Only files that the change leaves as they are: the gate mutation judges lines that the change adds. */
function newlyReached({ change }: GateContext, before: Lines, after: Lines): Map<string, Set<number>> {
  const { base, head } = change;
  const found = new Map<string, Set<number>>();
  for (const [path, lines] of after) {
    if (base.files.get(path)?.oid !== head.files.get(path)?.oid) continue;
    const fresh = [...lines].filter(([line, isReached]) => isReached && before.get(path)?.get(line) !== true);
    if (fresh.length > 0) found.set(path, new Set(fresh.map(([line]) => line)));
  }
  return found;
}

function mutantsIn({ change }: GateContext, path: string, lines: ReadonlySet<number>): Mutant[] {
  const text = textIn(change.head, path, change.blobs);
  return text === null ? [] : mutantsOf(path, text).filter(({ line }) => lines.has(line));
}
