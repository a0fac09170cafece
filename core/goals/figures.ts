/** The figures of a goal that lists show, from its log. */
import { bestOf, mostRounds } from "@/core/goals/course/course";
import type { Course } from "@/core/goals/course/round-records";
import { keyOf } from "@/core/goals/course/round-task";
import type { RoundRecord } from "@/core/goals/facts/record";
import { tasksOfRounds } from "@/core/goals/rounds/round-tasks";
import { GOAL_DEFAULTS, type Goal, type GoalMode } from "@/core/log/goal";
import type { TaskState } from "@/core/state";
import { courseOf } from "./pursue";

export interface GoalFigures {
  mode: GoalMode;
  threshold: number;
  /**
   * From 0 to 1: of the files that were checked last or, after the end, that are in the folder, and the best since the goal
   * has its present criteria; null before the first check.
   */
  score: number | null;
  bestScore: number | null;
  /** Rounds that have ended. */
  rounds: number;
  isRoundRunning: boolean;
  mostRounds: number;
}

/** Returns the figures of a goal, with its limits as people have changed them. */
export function figuresOf(state: TaskState): GoalFigures {
  const given = state.assignment.goal ?? GOAL_DEFAULTS;
  const course = courseOf(given, state.messages);
  if (!course) return figuresBefore(given);
  const { goal, records, begun } = course;
  return {
    ...figuresBefore(goal),
    score: recordsInFolder(state, course).at(-1)?.score ?? begun.score,
    bestScore: bestOf(course).score,
    rounds: records.length,
    isRoundRunning: !state.ended && tasksOfRounds(state).has(keyOf(records.length + 1)),
    mostRounds: mostRounds(goal, course),
  };
}

/** Returns the figures of a goal before its first check. */
export function figuresBefore({ mode, success_threshold, max_iterations }: Goal): GoalFigures {
  return {
    mode,
    threshold: success_threshold,
    score: null,
    bestScore: null,
    rounds: 0,
    isRoundRunning: false,
    mostRounds: max_iterations,
  };
}

/** Returns the round whose files an ended goal has put into the folder, 0 for the start; null where nobody has. */
export function folderRoundOf({ messages, ended }: TaskState, course: Course): number | null {
  const last = messages.findLast(({ role }) => role === "assistant");
  const isItsOwnEnd = last?.role === "assistant" && last.calls.some(({ name }) => name === "end_task");
  if (!ended || !isItsOwnEnd || course.notPutBack !== "") return null;
  return ended.status === "succeeded" ? course.records.length : bestOf(course).number;
}

/** Returns the rounds up to the one whose files are in the folder: all of them, unless the end put earlier files back. */
export function recordsInFolder(state: TaskState, course: Course): RoundRecord[] {
  return course.records.slice(0, folderRoundOf(state, course) ?? course.records.length);
}
