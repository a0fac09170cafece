/** The part of the composer's draft that a goal needs, as text. What reads it loads late, because few tasks are goals. */
import { GOAL_DEFAULTS } from "@/core/log/goal";
import { plural } from "@/core/words/figures";
import type { GoalDraft } from "./empty-goal";

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
  const [rounds, minutes] = [draft.rounds, draft.minutes].map((text) => (text.trim() ? Number(text) : null));
  if (Number.isNaN(rounds) || Number.isNaN(minutes)) return "The limit of rounds or minutes cannot be read";
  return `At most ${plural(rounds ?? max_iterations, "round")} and ${plural(minutes ?? max_minutes, "minute")}`;
}
