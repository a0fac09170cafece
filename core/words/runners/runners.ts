/** Runners in sentences. Pure. */
import type { PoolState, RunnerState, RunnersState } from "@/core/runners/shapes";
import { plural } from "@/core/words/figures";

export const RUNNER_STATES: Record<RunnerState["state"], string> = {
  answers: "Answers",
  drained: "Drained",
  leaving: "Leaves",
  silent: "Silent",
  other_level: "Other release",
};

export function poolSentence({ slots, free, runners, ready, held_since }: PoolState): string {
  if (runners === 0)
    return `No runner answers${ready > 0 ? `: ${plural(ready, "task")} wait${ready === 1 ? "s" : ""}` : ""}.`;
  const used = `${slots - free} of ${plural(slots, "slot")} in use on ${plural(runners, "runner")}.`;
  if (held_since !== null && ready > 0)
    return `${used} ${plural(ready, "task")} wait${ready === 1 ? "s" : ""} for a free slot.`;
  return used;
}

/** Returns what a person should know first. */
export function runnersSentence({ is_set_up, problem, runners, pools }: RunnersState): string {
  if (!is_set_up)
    return "This installation has no runners: everything runs on the server's machine. docs/runners.md says how to add one.";
  if (problem !== null) return problem;
  const answering = runners.filter(({ state }) => state === "answers").length;
  const trees = pools.reduce((sum, pool) => sum + pool.trees, 0);
  if (runners.length === 0) return "No runner has been heard yet. Start one with npx banyan runner.";
  return `${plural(answering, "runner")} answer${answering === 1 ? "s" : ""}; ${plural(trees, "tree")} work${trees === 1 ? "s" : ""} on runners.`;
}
