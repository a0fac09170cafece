/** Runs red tests again, twice: a test that passes both times is flaky, and a person has to look at it. */
import type { GateContext } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import { type SuiteRun, suiteOf, type Test } from "./suite";

/** More red tests are no accident, and running them again would take too long. */
const MOST_AGAIN = 10;
const TIMES = 2;

/** Returns the ids of the red tests that passed when they ran again. */
export async function flakyOf(context: GateContext, tree: FileTree, red: readonly Test[]): Promise<Set<string>> {
  if (red.length === 0 || red.length > MOST_AGAIN) return new Set();
  const suite = suiteOf(context);
  // Without a command for one test, all tests run again together.
  if (context.settings.tests?.rerun === undefined)
    return stillPassing(red, await again(() => suite.runOn("again", tree)));
  const flaky = new Set<string>();
  for (const test of red) {
    const runs = await again(() => suite.runOn("again-alone", tree, { only: test }));
    for (const id of stillPassing([test], runs)) flaky.add(id);
  }
  return flaky;
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
