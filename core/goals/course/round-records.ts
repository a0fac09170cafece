/** Completes the record of a round, and makes the record of a round that left none. */
import type { Checked } from "@/core/goals/facts/checked";
import { cut, type RoundRecord } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import type { Base, History, Reflection } from "./course";
import type { Delivered } from "./delivery";

/** The state of a running goal, all of it from the conversation. */
export interface Course extends History {
  text: string;
  goal: Goal;
  /** The goal as it was at its start and in each round, because people may change it. */
  goals: Goal[];
  first: Checked;
  records: RoundRecord[];
  reflections: Reflection[];
  /** Why it ended without being reached; empty before. */
  why: string;
  /** Why the best files are not in the folder although the goal has ended; empty when they are. */
  notPutBack: string;
  /** How the last delivery went; null before one. */
  delivery: Delivered | null;
  /** The files in the folder since a person continued the goal, when they are not those of its last round. */
  back: Base | null;
}

type Placing = Pick<Course, "records" | "begun" | "reflections" | "continued" | "continuedAfter">;

/** Fills in what only the goal knows: the time, and whether these files existed before. */
export function placed(course: Placing, record: RoundRecord): RoundRecord {
  const { records, begun, continued, continuedAfter } = course;
  const before = records.at(-1) ?? begun;
  // A round that checked nothing counts with the files that it began from.
  const left = record.files === "" ? records.findLast(({ commit }) => commit === record.commit) : null;
  const seen = [begun.files, ...records.map(({ files }) => files)];
  const at_ms = record.at_ms || before.at_ms;
  // Nobody has measured how long the goal had ended before.
  const isFirstAgain = continued > 0 && continuedAfter === records.length;
  // Failed work that left the files unchanged is not a repetition.
  const isIdle = record.verdict === "failed" && record.files === before.files;
  const isOld = record.verdict !== "better" && !isIdle && seen.includes(record.files);
  const isRepeated = isOld && !record.done && record.stop === undefined;
  return {
    ...record,
    ...(left && { met: left.met, valid: left.valid }),
    at_ms,
    strategy: strategyOf(course),
    files: record.files || (left ?? (record.commit === begun.commit ? begun : before)).files,
    seconds: record.seconds || (isFirstAgain ? 0 : Math.max(0, Math.round((at_ms - before.at_ms) / 1_000))),
    verdict: isRepeated ? "repeated" : record.verdict,
  };
}

/** The record of a round that left none: as far as anybody knows, its files are those before it. */
export function brokenRound(course: Course, number: number, why: string): RoundRecord {
  const last = course.records.at(-1);
  const before = last ?? course.begun;
  return {
    number,
    plan: "The round broke off.",
    score_before: before.score,
    score: before.score,
    verdict: "failed",
    done: false,
    strategy: strategyOf(course),
    error_signature: "The round broke off",
    files: before.files,
    commit: before.commit,
    changed: "",
    met: last?.met ?? [],
    valid: last?.valid ?? null,
    doubts: [],
    at_ms: before.at_ms,
    seconds: 0,
    why: cut(why, 600),
    broken: true,
  };
}

/** Rounds in a row that may break off, because a failing model or disk may recover. More would only cost. */
const MOST_BROKEN = 4;

export function isBrokenOff({ records, continuedAfter }: Course): boolean {
  const last = records.slice(continuedAfter).slice(-MOST_BROKEN);
  return last.length === MOST_BROKEN && last.every(({ broken }) => broken);
}

export function strategyOf({ reflections }: Pick<Course, "reflections">): string {
  return reflections.at(-1)?.strategy ?? "";
}
