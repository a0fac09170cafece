/**
 * Starts the files that take longest before all others, so that at the end of a run no worker waits for a long file
 * that began late. Vitest itself uses only times of an earlier run, which a fresh clone lacks.
 */
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take 40 seconds or more in a whole run on a machine with two cores, the longest first. */
export const LONGEST = [
  "launcher/full-disk.test.ts",
  "launcher/agents-releases-watched.test.ts",
  "launcher/agents-releases-worse.test.ts",
  "server/sides/sides.test.ts",
  "launcher/agents-releases-hostile.test.ts",
  "scripts/check/releases/data.test.ts",
  "agents/scenarios/crash-sweep.test.ts",
  "scripts/check/releases/replay.test.ts",
  "agents/scenarios/goal-attacks.test.ts",
  "agents/tools/goals/attacks/surroundings.test.ts",
  "agents/scenarios/coding-agents-reasons.test.ts",
  "agents/scenarios/goal-scope.test.ts",
  "launcher/agents-releases-kept.test.ts",
  "agents/self/changes.test.ts",
  "gates/judge.test.ts",
  "scripts/whole-way.test.ts",
  "gates/runners.test.ts",
  "launcher/agents-releases-halted.test.ts",
  "launcher/launcher.test.ts",
  "agents/tools/goals/attacks/tests.test.ts",
  "agents/tools/git/git-remote.test.ts",
  "agents/scenarios/soak.test.ts",
  "gates/sentinels.test.ts",
  "agents/scenarios/own-source.test.ts",
  "agents/scenarios/goals.test.ts",
  "scripts/cli/control.test.ts",
  "agents/scenarios/isolation.test.ts",
  "launcher/agents-releases-carried.test.ts",
  "agents/scenarios/coding-agent-crashes.test.ts",
  "agents/scenarios/trial-crashes.test.ts",
  "agents/tools/goals/attacks/inventions.test.ts",
];

/** Keeps the order of the others. */
export function longestFirst<File extends { moduleId: string }>(files: readonly File[], root = process.cwd()): File[] {
  const rank = ({ moduleId }: File) => {
    const found = LONGEST.indexOf(path.relative(root, moduleId));
    return found < 0 ? LONGEST.length : found;
  };
  return [...files].sort((a, b) => rank(a) - rank(b));
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
