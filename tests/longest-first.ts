/**
 * Starts the files that take longest before all others, so that at the end of a run no worker waits for a long file
 * that began late. Vitest itself uses only times of an earlier run, which a fresh clone lacks.
 */
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take 40 seconds or more in a whole run on a machine with two cores, the longest first. */
export const LONGEST = [
  "server/sides/sides.test.ts",
  "agents/scenarios/forges-several.test.ts",
  "scripts/whole-way.test.ts",
  "scripts/check/releases/replay.test.ts",
  "scripts/check/releases/data.test.ts",
  "agents/scenarios/evolution.test.ts",
  "agents/scenarios/forges-gitlab.test.ts",
  "launcher/full-disk.test.ts",
  "launcher/agents-releases-halted.test.ts",
  "agents/scenarios/forges-attacks.test.ts",
  "agents/tools/goals/attacks/surroundings.test.ts",
  "agents/scenarios/forge-rules.test.ts",
  "agents/scenarios/evolution-forge.test.ts",
  "launcher/agents-releases-kept.test.ts",
  "launcher/agents-releases-hostile.test.ts",
  "agents/scenarios/lessons.test.ts",
  "agents/self/changes.test.ts",
  "agents/scenarios/coding-agents-reasons.test.ts",
  "launcher/agents-releases-watched.test.ts",
  "gates/runners.test.ts",
  "lib/insights/second-look.test.ts",
  "launcher/launcher.test.ts",
  "agents/scenarios/isolation.test.ts",
  "agents/scenarios/crash-sweep.test.ts",
  "gates/judge.test.ts",
  "agents/tools/git/git-remote.test.ts",
  "agents/scenarios/trial-crashes.test.ts",
  "agents/scenarios/soak.test.ts",
  "gates/sentinels.test.ts",
  "agents/tools/goals/attacks/tests.test.ts",
  "scripts/cli/mcp/kill.test.ts",
  "agents/scenarios/own-crashes.test.ts",
  "agents/tools/goals/attacks/code.test.ts",
  "agents/scenarios/goal-attacks.test.ts",
  "scripts/cli/control.test.ts",
  "agents/scenarios/own-source.test.ts",
  "agents/scenarios/estimates.test.ts",
  "launcher/agents-releases-carried.test.ts",
  "agents/scenarios/forges.test.ts",
  "agents/scenarios/goals.test.ts",
  "agents/scenarios/evolution-nights.test.ts",
  "launcher/agents-releases-worse.test.ts",
  "scripts/cli/evolution/evolve.test.ts",
  "agents/tools/goals/attacks/settings.test.ts",
  "scripts/bench/compare/compare.test.ts",
  "scripts/restart.test.ts",
  "scripts/cli/opening/server.test.ts",
  "agents/tools/goals/attacks/inventions.test.ts",
  "launcher/agents-releases-judged.test.ts",
  "agents/scenarios/release-trial.test.ts",
  "scripts/cli/commands/show.test.ts",
  "agents/scenarios/goal-crashes.test.ts",
  "scripts/cli/acp/acp.test.ts",
  "scripts/cli/acp/crashes.test.ts",
  "agents/tools/goals/attacks/python.test.ts",
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
