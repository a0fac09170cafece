/** The lessons that a task is shown before its first turn; before it begins, what it would be shown now. */
import { chosen, named } from "@/core/lessons/show";
import type { Assignment, Setup } from "@/core/log/entries";
import { isProgram } from "@/core/programs/names";
import type { LessonFinding } from "./find";

/** What decides about the lessons of a task. */
export interface LessonReader {
  setup: Pick<Setup, "agent" | "model" | "memory" | "lessons" | "replay" | "look">;
  assignment: Pick<Assignment, "title" | "instruction" | "role" | "error">;
}

/**
 * Whether a task may be shown lessons. Not in a goal that is held out, in a replay before a trial, or in tasks that judge:
 * they look at the work and not at advice.
 */
export function readsLessons({ setup, assignment }: LessonReader): boolean {
  if (setup.memory === "without" || setup.replay || setup.look || assignment.role === "finishing") return false;
  return !isProgram(setup.model);
}

/**
 * Returns the lessons that a task begins with, in their text; null for none. A fork for which a person named lessons is
 * shown these, whatever it is about, and no others. `known`: public ids of lessons that it was shown before.
 */
export function lessonsAtStart(
  lessons: LessonFinding,
  { setup, assignment, treeId, known }: LessonReader & { treeId: number; known: ReadonlySet<string> },
  nowMs: number,
): ReturnType<typeof chosen> {
  if (setup.lessons) return named(lessons.named(setup.lessons), known);
  const { title, instruction, error: signature = null } = assignment;
  const found = lessons.find({ treeId, agent: setup.agent, text: `${title}\n${instruction}`, signature });
  return found && chosen(found.lessons, { signature, words: found.words, known, nowMs });
}
