/** A goal's choices in words. Pure. */
import type { Delivery, GoalMode } from "@/core/log/goal";
import type { GoalProgress } from "@/core/shapes/goals";

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
  return `${Math.floor(score * 1_000 + 1e-6) / 10} %`;
}

/** 50 %, round 3 of 20 */
export function progressText({ score, round, rounds_max }: GoalProgress): string {
  const rounds = `round ${round} of ${rounds_max}`;
  return score === null ? rounds : `${percentText(score)}, ${rounds}`;
}
