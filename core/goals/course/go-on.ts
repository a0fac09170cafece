/** Continues an ended goal when a person says so: its program reaches the same end again, and passes it. */
import { TRIES } from "@/core/goals/facts/answers";
import { saidIn } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import type { Conversation } from "@/core/programs/conversation";
import { idOfCall } from "@/core/programs/program";
import { bestOf } from "./course";
import type { Course } from "./round-records";

/** Returns what a person said after each end of the goal that the person continued, with the place of the end. */
function continuations(conversation: Conversation): { text: string; end: number }[] {
  const ends: number[] = [];
  for (let end = endAt(conversation, 1); end !== undefined; end = endAt(conversation, ends.length + 1)) ends.push(end);
  return ends.flatMap((end, at) => {
    const next = ends[at + 1] ?? Number.POSITIVE_INFINITY;
    const words = saidIn(conversation).find(({ after }) => after > end && after <= next);
    return words ? { text: words.text, end } : [];
  });
}

function endAt(conversation: Conversation, number: number): number | undefined {
  return conversation.asked.get(idOfCall(conversation, `end-${number}`));
}

/** Returns how often a person had continued the goal before the call at a place. */
export function continuedBefore(conversation: Conversation, place: number): number {
  return continuations(conversation).filter(({ end }) => end < place).length;
}

/** Whether the goal ended after a call, and a person continued it: what ended it then is tried again. */
export function continuedAfter(conversation: Conversation, key: string): boolean {
  const place = conversation.asked.get(idOfCall(conversation, key));
  return place !== undefined && continuations(conversation).some(({ end }) => end > place);
}

/**
 * Whether a person continued the goal after it had ended here. The person's words become the strategy. `isBestBack`:
 * the end has restored the best files, so the next round begins with them.
 */
export function goesOn(course: Course, conversation: Conversation, isBestBack: boolean): boolean {
  const words = continuations(conversation)[course.continued];
  if (!words) return false;
  const best = bestOf(course);
  const last = course.records.at(-1) ?? course.begun;
  if (isBestBack && (best.files !== last.files || course.records.at(-1)?.broken))
    course.back = { commit: best.commit, why: "The goal had ended, and its best files were put back." };
  course.continued += 1;
  course.continuedAfter = course.records.length;
  course.helped = course.records.length;
  course.delivery = null;
  course.reflections.push({ after: course.records.length, strategy: cut(words.text, 400) });
  return true;
}

/**
 * Returns the endings of the keys of calls before the first round: they are all tried again each time that a person
 * continues the goal.
 */
export function triesIn(conversation: Conversation): string[] {
  const again = continuations(conversation).map((_, at) => `-${at + 2}`);
  return ["", ...again].flatMap((suffix) => TRIES.map((attempt) => attempt + suffix));
}
