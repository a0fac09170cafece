/** The part of the composer's draft that a goal needs, as text. What reads it loads late, because few tasks are goals. */
import { GOAL_DEFAULTS } from "@/core/log/goal";

export interface GoalDraft {
  /** The validation command. */
  check: string;
  /** One criterion a line: statement :: command :: weight. */
  shows: string;
  mode: string;
  executor: string;
  /** In percent. */
  threshold: string;
  rounds: string;
  minutes: string;
  /** Globs, one a line or separated by commas, as in the other lists of files. "": Banyan proposes the scope. */
  scope: string;
  protect: string;
  mayChange: string;
  hidden: string;
  /** In percent, or below 1 as a share. */
  hiddenShare: string;
  setup: string;
  reflectEvery: string;
  /** In the mode “supervised”: how many rounds run before a person is asked again. */
  askEvery: string;
  /** "yes": asks a person when it does not get on. */
  ask: string;
  onSuccess: string;
  delivery: string;
}

export const EMPTY_GOAL: GoalDraft = {
  check: "",
  shows: "",
  mode: "",
  executor: "",
  threshold: "",
  rounds: "",
  minutes: "",
  scope: "",
  protect: "",
  mayChange: "",
  hidden: "",
  hiddenShare: "",
  setup: "",
  reflectEvery: "",
  askEvery: "",
  ask: "",
  onSuccess: "",
  delivery: "",
};

let text: typeof import("./goal-text") | null = null;

/** Loads what reads and writes a goal's fields. Until then `goalText` returns null. */
export async function loadGoalText(): Promise<void> {
  text ??= await import("./goal-text");
}

export function goalText(): typeof text {
  return text;
}

/** Returns the goal's limits as a sentence without its point. */
export function goalSummary(draft: GoalDraft): string {
  const { max_iterations, max_minutes } = GOAL_DEFAULTS;
  return `At most ${draft.rounds.trim() || max_iterations} rounds and ${draft.minutes.trim() || max_minutes} minutes`;
}
