/** Runs red tests again, twice: a test that passes both times is flaky, and a person has to look at it. */
import type { GateContext } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import type { SuiteRun, Test } from "./run-tests";
import { suiteOf } from "./suite";

/** More red tests are not due to chance, and running them again would take too long. */
const MOST_AGAIN = 10;
const TIMES = 2;

/** Results by tree and test, because two gates ask about the same head when the change does not edit the test side. */
const FLAKY = new WeakMap<FileTree, Map<string, boolean>>();

/** Returns the ids of the red tests that passed when they ran again. */
export async function flakyOf(context: GateContext, tree: FileTree, red: readonly Test[]): Promise<Set<string>> {
  if (red.length === 0 || red.length > MOST_AGAIN) return new Set();
  const known = FLAKY.get(tree) ?? new Map<string, boolean>();
  FLAKY.set(tree, known);
  const open = red.filter(({ id }) => !known.has(id));
  const passing = await passingAgain(context, tree, open);
  for (const { id } of open) known.set(id, passing.has(id));
  return new Set(red.map(({ id }) => id).filter((id) => known.get(id)));
}

async function passingAgain(context: GateContext, tree: FileTree, red: readonly Test[]): Promise<Set<string>> {
  if (red.length === 0) return new Set();
  const suite = suiteOf(context);
  // Without a command for one test, all tests run again together.
  if (context.settings.tests?.rerun === undefined) return flakyWith(red, () => suite.runOn("again", tree));
  const passing = new Set<string>();
  for (const test of red) {
    const runs = await again(() => suite.runOn("again-alone", tree, { only: test }));
    for (const id of stillPassing([test], runs)) passing.add(id);
  }
  return passing;
}

/** Returns the ids of the red tests that pass when all tests run again. */
export async function flakyWith(red: readonly Test[], runAll: () => Promise<SuiteRun>): Promise<Set<string>> {
  if (red.length === 0 || red.length > MOST_AGAIN) return new Set();
  return stillPassing(red, await again(runAll));
}

async function again(run: () => Promise<SuiteRun>): Promise<SuiteRun[]> {
  const runs: SuiteRun[] = [];
  while (runs.length < TIMES) runs.push(await run());
  return runs;
}

function stillPassing(red: readonly Test[], runs: readonly SuiteRun[]): Set<string> {
  return new Set(
    red.filter(({ id }) => runs.every(({ tests }) => tests.get(id)?.status === "passed")).map(({ id }) => id),
  );
}
