/** The part of the composer's draft that a goal needs, as text. What reads it loads late, because few tasks are goals. */

let text: typeof import("./goal-text") | null = null;

/** Loads what reads and writes a goal's fields. Until then `goalText` returns null. */
export async function loadGoalText(): Promise<void> {
  text ??= await import("./goal-text");
}

export function goalText(): typeof text {
  return text;
}
