/** Mutation: the change's own tests notice most of the faults that are put into the lines it adds. */
import { fault, type Gate, type GateContext, measured, note, notMeasured } from "@/gates/model/gate";
import { drawn, type Mutant, mutantKey, mutantsOf } from "@/gates/mutants/mutants";
import { addedLines } from "@/gates/source/lines";
import { textIn } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { isKilled, mutable } from "./mutant-run";

export const mutation: Gate = {
  name: "mutation",
  needsSandbox: true,
  isLater: true,
  off(context) {
    const { settings } = context;
    if (!settings.tests || settings.mutation === false) return "The settings ask for no mutants.";
    const hasMutants = changedFiles(context).some((path) => mutantsIn(context, path).length > 0);
    return hasMutants ? null : "No fault can be put into the lines of this change.";
  },
  async judge(context) {
    const head = await suiteOf(context).head();
    if (head.problem !== null) return notMeasured(`On the change ${head.problem}.`);
    const { count, least_killed_percent: least } = context.settings.mutation || { count: 0, least_killed_percent: 0 };
    const all = changedFiles(context).flatMap((path) => mutantsIn(context, path));
    const mutants = drawn(all, context.seed, mutantKey).slice(0, count);
    const survived: Mutant[] = [];
    for (const [at, mutant] of mutants.entries()) {
      const where = { name: `mutant-${at + 1}`, tree: context.change.head, without: head, mutant };
      if (!(await isKilled(context, where))) survived.push(mutant);
    }
    const killed = mutants.length - survived.length;
    const percent = Math.floor((100 * killed) / mutants.length);
    const summary = `The tests notice ${killed} of ${mutants.length} faults in changed lines (${percent} %).`;
    const findings = [
      ...(percent < least ? [fault(`${percent} % is less than ${least} %: test what the change does.`)] : []),
      ...survived.map(({ path, line, shown }) => note(`No test notices this fault: ${shown}`, { path, line })),
    ];
    return measured(summary, findings, { mutants: mutants.length, killed });
  },
};

function changedFiles(context: GateContext): string[] {
  const isMutable = mutable(context);
  return context.change.paths
    .filter(({ path, change }) => change !== "deleted" && isMutable(path))
    .map(({ path }) => path);
}

/** Returns the faults that can be put into the lines that the change adds to a file. */
function mutantsIn({ change }: GateContext, path: string): Mutant[] {
  const { base, head, blobs } = change;
  const text = textIn(head, path, blobs);
  if (text === null) return [];
  const added = new Set(addedLines(textIn(base, path, blobs), text).map(({ line }) => line));
  return mutantsOf(path, text).filter(({ line }) => added.has(line));
}
