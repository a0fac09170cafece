/** A goal that has ended goes on when a person lets it: its program comes to the same end again, and passes it. */
import type { Conversation } from "@/core/programs/conversation";
import { idOfCall } from "@/core/programs/program";
import { TRIES } from "./answers";
import { bestOf } from "./course";
import type { Course } from "./pursue";
import { cut } from "./record";
import { saidIn } from "./round";

/** Returns what a person said after this end of the goal, the first being 1; null when it ended there, or has not ended. */
function wordsAfter(conversation: Conversation, end: number): string | null {
  const at = conversation.asked.get(idOfCall(conversation, `end-${end}`));
  return at === undefined ? null : (saidIn(conversation).find(({ after }) => after > at)?.text ?? null);
}

/**
 * Whether a person let the goal go on after it had ended here. Their words become the strategy. `isBestBack`: the end has
 * put the best files back, so the next round begins with them.
 */
export function goesOn(course: Course, conversation: Conversation, isBestBack: boolean): boolean {
  const words = wordsAfter(conversation, course.continued + 1);
  if (words === null) return false;
  const best = bestOf(course);
  const last = course.records.at(-1) ?? course.begun;
  if (isBestBack && best.files !== last.files)
    course.back = { commit: best.commit, why: "The goal had ended, and its best files were put back." };
  course.continued += 1;
  course.continuedAfter = course.records.length;
  course.helped = course.records.length;
  course.reflections.push({ after: course.records.length, strategy: cut(words, 400) });
  return true;
}

/**
 * Returns the endings of the keys of what is tried before the first round: all again for each time that a person let the
 * goal go on after it had failed there, with that number.
 */
export function triesIn(conversation: Conversation): { again: string; continued: number }[] {
  const tries: { again: string; continued: number }[] = [];
  for (let continued = 0; continued === 0 || wordsAfter(conversation, continued) !== null; continued += 1)
    for (const again of TRIES) tries.push({ again: continued === 0 ? again : `${again}-${continued + 1}`, continued });
  return tries;
}
