/** Makes sure that a goal delivers what was checked: the last check runs on the commit, in a fresh clone. */
import type { Course } from "@/core/goals/course/round-records";
import { scopeNow } from "@/core/goals/course/round-task";
import { checkOf, readChecked } from "@/core/goals/facts/checked";
import { cut } from "@/core/goals/facts/record";
import type { Answer } from "@/core/programs/conversation";
import type { PlannedCall } from "@/core/programs/program";

/** Whether a call of the delivery makes the commit. */
export function isCommit({ name, input }: PlannedCall): boolean {
  const given = typeof input === "function" ? input() : input;
  return name === "git_operations" && (given as { operation?: string }).operation === "commit";
}

/** Returns the call that checks the commit which a call of the delivery has made. */
export function commitCheck(course: Course, key: string): PlannedCall {
  const { goal, first } = course;
  const tests = goal.validation_command === first.checks[0]?.command ? first.tests : null;
  const input = { ...checkOf(goal, scopeNow(course)), start: first.start, tests, delivered: true };
  return { key: `${key}-check`, name: "check_goal", input };
}

/** Returns why the commit does not show the goal that its files in the folder have shown; null when it does. */
export function faultOfCommit({ records }: Course, answer: Answer): string | null {
  const checked = readChecked(answer.content);
  if (!checked) return `The commit could not be checked: ${cut(answer.content, 600)}`;
  const last = records.at(-1);
  const held = new Set(last?.met ?? []);
  const lost = checked.checks.find(
    (check, at) => check.statement !== undefined && check.command !== undefined && !check.met && held.has(at),
  );
  // A person agreed to what passes only with tests that the work changed.
  const isAgreed = last?.as_changed === true && checked.passes_as_changed;
  if ((checked.valid === false && !isAgreed) || lost)
    return `In a fresh clone of the commit this does not hold: ${lost?.statement ?? "the validation command"}. ${cut(checked.why || (lost?.evidence ?? ""), 400)} The commit is there for you to look at, and nothing was pushed.`;
  // A person may have agreed to what was changed outside the scope.
  if (checked.put_back.length > 0 && (last?.doubts.length ?? 0) === 0 && (last?.put_back ?? []).length === 0)
    return `The commit changes files outside the scope: ${cut(checked.put_back.join(", "), 400)}.`;
  return null;
}
