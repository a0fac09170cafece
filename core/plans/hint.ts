/** The answer of a person who wants another plan of a round, with what it should do differently. Pure. */

/** How often a person can have the plan of a round made again. Each time costs a call of the planner. */
export const MOST_REPLANS = 5;

/** Returns the answer that has a plan made again. */
export function answerWithHint(hint: string): string {
  return `Plan again: ${hint.trim()}`;
}

/** Returns the hint of such an answer, which may be empty; null for every other answer. */
export function hintIn(answer: string): string | null {
  return /^\s*plan\s+again\b[\s:,.;!–—-]*(.*)$/is.exec(answer)?.[1]?.trim() ?? null;
}
