/** What a person could do about the failures of the last 30 days. Pure. */
import type { FailureAdvice, ListedFailure } from "@/core/shapes/failures";
import { plural } from "@/core/words/figures";
import { FAILURES, isFailureKey } from "./kinds";

const MOST = 5;
/** Failed goals with the same kind of failure. */
const MANY_GOALS = 2;
/** Failures of a kind that needed a person, or that nobody got going again. */
const MANY_LOST = 3;
/** A kind grows when a week has this many, and this many times the mean of the four weeks before. */
const MANY_IN_WEEK = 5;
const GROWTH = 3;
const WEEKS_BEFORE = 4;

/** Returns the advice on the kinds that cost most; none for kinds that nobody can do anything about. */
export function recommendationsFor(items: readonly ListedFailure[]): FailureAdvice[] {
  return items
    .flatMap((item) => {
      const action = isFailureKey(item.kind) ? FAILURES[item.kind].action : undefined;
      const says = action === undefined ? null : reasonFor(item);
      return action === undefined || says === null ? [] : [{ advice: { kind: item.kind, says, action }, item }];
    })
    .sort((a, b) => b.item.failed_goals - a.item.failed_goals || lostOf(b.item) - lostOf(a.item))
    .slice(0, MOST)
    .map(({ advice }) => advice);
}

function reasonFor(item: ListedFailure): string | null {
  const { title, failed_goals: goals, settled, recovered } = item;
  if (goals >= MANY_GOALS) return `${plural(goals, "failed goal")} had “${title}” in 30 days.`;
  if (lostOf(item) >= MANY_LOST && recovered * 2 < settled)
    return `“${title}” happened ${times(item.last_30_days)} in 30 days, and ${recovered === 0 ? "none" : `only ${recovered}`} of ${settled} went on without a person.`;
  const growth = growthOf(item);
  return growth === null
    ? null
    : `“${title}” happened ${times(growth.week)} this week, and ${times(growth.before)} in the four weeks before.`;
}

function lostOf({ settled, recovered }: ListedFailure): number {
  return settled - recovered;
}

function growthOf({ weeks }: ListedFailure): { week: number; before: number } | null {
  const week = weeks.at(-1) ?? 0;
  const before = weeks.slice(-1 - WEEKS_BEFORE, -1).reduce((sum, count) => sum + count, 0);
  return week >= MANY_IN_WEEK && week * WEEKS_BEFORE >= GROWTH * before ? { week, before } : null;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
