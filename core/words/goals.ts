/** A goal's choices in words. Pure. */
import type { Delivery, GoalFields, GoalMode } from "@/core/log/goal";
import type { GoalProgress, GoalView } from "@/core/shapes/goals";
import { percent, plural } from "./figures";

export const MODE_WORDS: Record<GoalMode, string> = {
  autonomous: "By itself",
  supervised: "Asks before each round",
  debug: "Step by step",
};

export const DELIVERY_WORDS: Record<Delivery, string> = {
  nothing: "Leave the files",
  commit: "Commit",
  branch: "Commit on a new branch",
  pull_request: "Open a pull request",
  command: "Run a command",
};

/** 25 % · 33.3 %. A score just below the whole is never rounded up to it. */
export function percentText(score: number): string {
  return percent(score, 1);
}

/**
 * Returns the files that were put back for the check of a round; "" when the round changed nothing outside the scope.
 */
export function putBackText(paths: readonly string[]): string {
  return paths.length === 0 ? "" : `Outside the scope, as at the start for the check: ${paths.join(", ")}.`;
}

/** 50 %, round 3 of 20 */
export function progressText({ score, round, rounds_max }: GoalProgress): string {
  const rounds = `round ${round} of ${rounds_max}`;
  return score === null ? rounds : `${percentText(score)}, ${rounds}`;
}

/** Names and values of what a submission says of its goal beside the text; what it leaves out has its default. */
export function goalFacts(goal: GoalFields): [name: string, value: string][] {
  const { mode, executor, validation_command, criteria = [], success_threshold, max_iterations, max_minutes } = goal;
  const facts: [string, string | undefined][] = [
    ["Mode", mode && (mode === "single" || mode === "iterative" ? mode : MODE_WORDS[mode])],
    ["Executor", executor],
    ["Check", validation_command ?? undefined],
    ...criteria.map(({ statement, command }): [string, string] => {
      return ["Criterion", command === undefined ? statement : `${statement} :: ${command}`];
    }),
    ["Reached from", success_threshold === undefined ? undefined : percentText(success_threshold)],
    ["Most rounds", max_iterations?.toString()],
    ["Most minutes", max_minutes?.toString()],
    ["At the end", goal.on_success && DELIVERY_WORDS[goal.on_success]],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/**
 * 3 to 5 rounds, 4 to 9 min. `ranMinutes`: how long the running round, which is the first of them, has run. A round that
 * takes longer than those before it makes the rest no shorter.
 */
export function estimateText(estimate: GoalView["estimate"], ranMinutes = 0): string {
  if (estimate === null) return "Cannot say yet";
  const span = ([low, high]: [number, number], noun: string) =>
    low === high ? plural(high, noun) : `${low} to ${high} ${noun}s`;
  const ofRound = estimate.minutes[1] / estimate.rounds[1];
  const isLate = ranMinutes > ofRound;
  const ran = Math.min(ranMinutes, ofRound);
  const [low, high] = estimate.minutes.map((minutes) => Math.ceil(minutes - ran)) as [number, number];
  const rest = high < 1 ? "" : low === high ? `, ${high} min` : `, ${Math.max(0, low)} to ${high} min`;
  return `${span(estimate.rounds, "round")}${rest}${isLate ? "; this round takes longer than the last ones" : ""}`;
}
