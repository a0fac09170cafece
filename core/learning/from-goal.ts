/** What the host learns from an ended goal without a model: lessons from errors that went away, and outcomes. Pure. */
import { isShownAlike } from "@/core/goals/course/goal-changes";
import type { Course } from "@/core/goals/course/round-records";
import type { RoundRecord } from "@/core/goals/facts/record";
import { type LessonText, MOST_ADVICE, MOST_TRIGGER } from "@/core/lessons/lesson";

/** What the host's commands said after a round in which a lesson was shown. */
export type Outcome = "helped" | "harmed";

type History = Pick<Course, "first" | "records" | "goals">;

/** An error that a round made go away for good. */
export interface Fix {
  round: number;
  signature: string;
  /** The snapshots before and after. */
  from: string;
  to: string;
  plan: string;
  changed: string;
}

/**
 * Returns the errors that went away right after a round, and stayed away to the end. A round counts only when the host
 * checked its files with a command and found them better.
 */
export function fixesIn(course: History): Fix[] {
  const { first, records } = course;
  return records.flatMap((record, at) => {
    const before = at === 0 ? { ...first, error_signature: first.signature } : (records[at - 1] as RoundRecord);
    const signature = errorOf(before);
    if (signature === null || !isShownBetter(course, record)) return [];
    const isBack = records.slice(at).some((later) => later.error_signature === signature);
    if (isBack) return [];
    const { number, commit: to, plan, changed } = record;
    return [{ round: number, signature, from: before.commit, to, plan, changed }];
  });
}

/** The error that a command of the host showed; null for one that only a judge saw, and for a round that broke off. */
function errorOf(record: Pick<RoundRecord, "error_signature" | "broken" | "judged_error">): string | null {
  return record.broken || record.judged_error ? null : record.error_signature;
}

/**
 * Returns what the check of a round says of the lessons that were shown in it; null where it says nothing: nothing was
 * checked, only a judge could have seen a difference, or a person changed the goal before the round.
 */
export function outcomeOf(course: History, number: number, signature: string | null): Outcome | null {
  const at = course.records.findIndex((record) => record.number === number);
  const record = course.records[at];
  if (!record || record.broken || record.stop !== undefined || record.files === "") return null;
  if (!isDecidedByCommand(course, record)) return null;
  // A lesson for an error is judged by that error.
  if (signature !== null && record.error_signature === signature) return "harmed";
  return isShownBetter(course, record) ? "helped" : "harmed";
}

/**
 * Whether commands alone decide what holds, so that no judge's word is in a better score. Where a person changed the goal
 * before the round, the check before it ran other commands, so the two scores cannot be compared.
 */
function isDecidedByCommand({ goals }: History, { number, valid }: RoundRecord): boolean {
  const [before, goal] = [goals[number - 1], goals[number]];
  if (!before || !goal || !isShownAlike(before, goal) || before.success_threshold !== goal.success_threshold)
    return false;
  const { criteria } = goal;
  return criteria.every(({ command }) => command !== undefined) || (valid === true && criteria.length === 0);
}

function isShownBetter(course: History, record: RoundRecord): boolean {
  if (!isDecidedByCommand(course, record)) return false;
  return (record.done || record.verdict === "better") && record.doubts.length === 0;
}

/** Returns the lesson that a fix is. `diff`: what was changed, as a patch; it is cut to what fits. */
export function lessonOf({ signature, plan, changed }: Fix, place: string | null, diff: string): LessonText {
  const said = `The error went away after: ${oneLine(plan, 160)}`;
  const files = changed === "" ? "" : `\nChanged: ${oneLine(changed, 120)}`;
  const head = said + files;
  const room = MOST_ADVICE - head.length - 2;
  const body = diff.trim() === "" || room < 40 ? "" : `\n${cutLines(diff.trim(), room)}`;
  return {
    kind: "error_fix",
    scope: place === null ? "everywhere" : "repository",
    place,
    trigger: oneLine(signature, MOST_TRIGGER),
    signature,
    advice: head + body,
  };
}

/** Returns how a reached goal was reached; null where nothing had to be done, or only a judge saw that it was reached. */
export function approachOf(course: History & Pick<Course, "text">, place: string | null): LessonText | null {
  const { records, text } = course;
  const last = records.at(-1);
  if (!last?.done || !isShownBetter(course, last)) return null;
  const minutes = Math.max(1, Math.round(records.reduce((sum, { seconds }) => sum + seconds, 0) / 60));
  const errors = [...new Set(records.map(errorOf).filter((error) => error !== null))];
  const met = errors.length === 0 ? "" : `\nMet before: ${oneLine(errors.join("; "), 160)}`;
  const rounds = records.length === 1 ? "1 round" : `${records.length} rounds`;
  return {
    kind: "approach",
    scope: place === null ? "everywhere" : "repository",
    place,
    trigger: oneLine(text, MOST_TRIGGER),
    signature: null,
    advice: `A goal like this was reached in ${rounds} and ${minutes} min by: ${oneLine(last.plan, 260)}${met}`,
  };
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** Whole lines, as many as fit. */
function cutLines(text: string, most: number): string {
  let kept = "";
  for (const line of text.split("\n")) {
    if (kept.length + line.length + 1 > most) break;
    kept += (kept === "" ? "" : "\n") + line;
  }
  return kept;
}
