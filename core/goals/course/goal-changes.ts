/** People's changes of a goal while it is pursued. */
import { readChange } from "@/core/goals/facts/fields";
import type { RoundRecord } from "@/core/goals/facts/record";
import { GOAL_CHANGE_LINE, type Goal, type GoalChange } from "@/core/log/goal";
import type { Said } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";

/** Begins a message by which older versions changed a goal. */
const OLD_BEGINS = `The goal has changed. It counts from the next round on.\n${GOAL_CHANGE_LINE}`;

/** Returns the goal with people's changes before the call at a place; the same object when there are none. */
export function changedBy(said: readonly Said[], goal: Goal, place: number): Goal {
  const changes = said.filter(({ after }) => after <= place).flatMap((said) => changeIn(said, goal) ?? []);
  return changes.length === 0 ? goal : Object.assign({ ...goal }, ...changes);
}

/** Returns what a message changes of the goal; null for every other message. */
function changeIn({ text, change }: Said, { typed_changes }: Goal): GoalChange | null {
  if (change !== undefined) return readChange(change);
  // Anybody can write this text, so it counts only in goals that an older version began.
  if (typed_changes || !text.startsWith(OLD_BEGINS)) return null;
  return readChange(parseJsonText(text.slice(OLD_BEGINS.length)));
}

/** Whether both ask for the same criteria in the same places. */
export function hasSameCriteria(a: Goal, b: Goal): boolean {
  return placeOfFirst(a) === placeOfFirst(b) && JSON.stringify(a.criteria) === JSON.stringify(b.criteria);
}

const CHANGED = "A person has changed what shows that the goal is reached, so it has to be checked again.";

/** What a person has changed since the last round was not checked in it, so that round does not show the goal. */
export function checkAgain({ records, goals, goal }: { records: RoundRecord[]; goals: Goal[]; goal: Goal }): void {
  const [last, before] = [records.at(-1), goals[records.length]];
  if (!last || !before) return;
  const isAlike = isShownAlike(before, goal);
  const isEnough = isAlike && last.score >= goal.success_threshold;
  if (last.done && !isEnough) records[records.length - 1] = { ...last, done: false, why: CHANGED };
  // Nor does it ask a person to accept a check of another goal.
  else if (!isAlike && last.doubts.length > 0)
    records[records.length - 1] = { ...last, doubts: [], as_changed: false, why: CHANGED };
}

/** Whether both goals have the same criteria and validation command. */
export function isShownAlike(a: Goal, b: Goal): boolean {
  return a === b || shownBy(a) === shownBy(b);
}

/** Each round is compared with all rounds before it, so the text of a goal is made only once. */
const SHOWN = new WeakMap<Goal, string>();

function shownBy(goal: Goal): string {
  const { criteria, validation_command, scope, may_change, protect, hidden, hidden_share } = goal;
  const known =
    SHOWN.get(goal) ?? JSON.stringify([criteria, validation_command, scope, may_change, protect, hidden, hidden_share]);
  SHOWN.set(goal, known);
  return known;
}

/**
 * Returns the first state, 0 for the start, since which the goal has the same criteria as now; one more than the last
 * state if there is none.
 */
export function firstAlike({ records, goals, goal }: { records: RoundRecord[]; goals: Goal[]; goal: Goal }): number {
  let first = records.length + 1;
  while (first > 0 && isShownAlike(goals[first - 1] ?? goal, goal)) first -= 1;
  return first;
}

/**
 * Returns the places in `now` of the criteria that held in `before`. A criterion that was added or changed since does
 * not hold.
 */
export function carriedOver(before: Goal, now: Goal, met: readonly number[]): number[] {
  const held = new Set(met.map((at) => JSON.stringify(before.criteria[at - placeOfFirst(before)])));
  return now.criteria.flatMap((criterion, at) => (held.has(JSON.stringify(criterion)) ? [at + placeOfFirst(now)] : []));
}

/** The validation command comes before the criteria. */
function placeOfFirst({ validation_command }: Goal): number {
  return validation_command === null ? 0 : 1;
}
