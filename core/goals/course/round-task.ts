/** Makes the input that a goal gives to a round. */
import { saidIn } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import { isAsked } from "@/core/goals/planning/planning";
import type { RoundTask } from "@/core/log/round-task";
import { MOST_REPLANS } from "@/core/plans/hint";
import type { Conversation } from "@/core/programs/conversation";
import { idOfCall } from "@/core/programs/program";
import { type Base, mostRounds } from "./course";
import { triedBefore } from "./earlier-rounds";
import { hasSameCriteria } from "./goal-changes";
import type { Course } from "./round-records";
import { strategyOf } from "./round-records";

/** Returns the key of the call that starts a round. */
export function keyOf(number: number): string {
  return `round-${number}`;
}

/** Returns how many calls were made before this call; the number of all calls when it is not made yet. */
export function placeOf(conversation: Conversation, key: string): number {
  return conversation.asked.get(idOfCall(conversation, key)) ?? conversation.asked.size;
}

/** Returns the input of the next round. `from`: the files that it begins from, when they are not the current ones. */
export function roundTask(course: Course, from: Base | null, conversation: Conversation): RoundTask {
  const { records, goal, text, first, begun } = course;
  const number = records.length + 1;
  const last = records.at(-1);
  const base = from ? records.findLast(({ commit }) => commit === from.commit) : last;
  const sinceMs = countedSince(course);
  return {
    number,
    text,
    goal,
    start: first.start,
    ...(scopeNow(course) && { scope: scopeNow(course) }),
    // Another command has other tests.
    tests: goal.validation_command === first.checks[0]?.command ? first.tests : null,
    failed_before: first.valid === false || records.some(({ valid }) => valid === false),
    score_before: base?.score ?? begun.score,
    met_before: metOf(course, base?.commit),
    ...(sinceMs !== null && { since_ms: sinceMs }),
    from: from?.commit ?? last?.commit ?? begun.commit,
    undone: from?.why ?? null,
    strategy: strategyOf(course),
    now: cut(last ? last.why : first.why, 700),
    ...(errorNow(course) !== null && { error: errorNow(course) }),
    tried: triedBefore(records),
    said: saidBefore(conversation, number),
    found: last?.found ?? [],
    gaps: last?.gaps ?? [],
    ...(last?.units && { before: last.units }),
    // What its tasks spent is no part of the conversation: the host adds it.
    lean: false,
    ...(isAsked(goal, number) && { rounds_max: mostRounds(goal, course), replans_max: MOST_REPLANS }),
  };
}

/**
 * Returns the moment from which the time of the next round counts; null: from the start of its task, because the time between
 * the end of a goal and its continuation does not count.
 */
export function countedSince({ continued, continuedAfter, records, begun }: Course): number | null {
  const isFirstAgain = continued > 0 && continuedAfter === records.length;
  return isFirstAgain ? null : (records.at(-1) ?? begun).at_ms;
}

/** Returns the signature of the error that a command of the host showed last; null where none did. */
function errorNow({ records, first }: Pick<Course, "records" | "first">): string | null {
  const last = records.at(-1);
  if (!last) return first.signature;
  return last.broken || last.judged_error ? null : last.error_signature;
}

/** Returns what the work may change: the scope as given or as the host proposed it, and what people added. */
export function scopeNow({ goal, first, records }: Pick<Course, "goal" | "first" | "records">): string[] | undefined {
  const scope = goal.scope ?? first.scope;
  return scope && [...new Set([...scope, ...goal.may_change, ...records.flatMap(({ widened }) => widened ?? [])])];
}

/** Returns which criteria held in the files of a snapshot; null when nobody has judged the current criteria there. */
function metOf({ records, goals, goal }: Course, commit: string | undefined): number[] | null {
  const checked = records.findLast((record) => record.commit === commit && record.stop === undefined && !record.broken);
  return checked && hasSameCriteria(goals[checked.number] ?? goal, goal) ? checked.met : null;
}

/** Returns what people said between the start of the previous round and the start of this round. */
function saidBefore(conversation: Conversation, number: number): string[] {
  const begin = number === 1 ? -1 : placeOf(conversation, keyOf(number - 1));
  const end = placeOf(conversation, keyOf(number));
  return saidIn(conversation)
    .filter(({ after }) => after > begin && after <= end)
    .map(({ text }) => text);
}
