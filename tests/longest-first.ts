/**
 * Begins the files that take longest before all others, so that at the end of a run no worker waits for a long one that began
 * late. Vitest itself only knows the times of an earlier run, which a fresh clone lacks.
 */
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take a minute or more on a machine with two cores. */
export const LONGEST = [
  "scripts/whole-way.test.ts",
  "agents/scenarios/isolation.test.ts",
  "launcher/full-disk.test.ts",
  "launcher/agents-releases-watched.test.ts",
  "scripts/check/releases/data.test.ts",
  "gates/runners.test.ts",
  "agents/self/changes.test.ts",
  "scripts/check/releases/replay.test.ts",
  "scripts/cli/control.test.ts",
  "agents/scenarios/goal-attacks.test.ts",
  "launcher/agents-releases-kept.test.ts",
  "launcher/agents-releases-halted.test.ts",
  "launcher/agents-releases-hostile.test.ts",
  "launcher/agents-releases-refused.test.ts",
  "launcher/agents-releases-worse.test.ts",
  "agents/scenarios/coding-agents-reasons.test.ts",
  "scripts/cli/settings/tools.test.ts",
  "scripts/cli/mcp/kill.test.ts",
  "scripts/cli/commands/restore-drill.test.ts",
  "agents/scenarios/crash-sweep.test.ts",
  "agents/scenarios/soak.test.ts",
  "agents/tools/git/git-remote.test.ts",
  "agents/scenarios/simulation.test.ts",
  "agents/scenarios/own-source.test.ts",
];

/** Keeps the order of the others. */
export function longestFirst<File extends { moduleId: string }>(files: readonly File[], root = process.cwd()): File[] {
  const rank = ({ moduleId }: File) => {
    const found = LONGEST.indexOf(path.relative(root, moduleId));
    return found < 0 ? LONGEST.length : found;
  };
  return [...files].sort((one, other) => rank(one) - rank(other));
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
