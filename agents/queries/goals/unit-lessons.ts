/** The lessons that the units of a plan would be shown now, before they begin. */
import type { Configuration } from "@/agents/configuration/configuration";
import { lessonsAtStart, readsLessons } from "@/agents/memory/at-start";
import type { LessonFinding } from "@/agents/memory/find";
import { inheritedBy } from "@/agents/tools/subtasks/new-subtask";
import { stepInstruction } from "@/core/goals/planning/material";
import type { Step } from "@/core/goals/planning/plan";
import type { RoundTask } from "@/core/log/round-task";
import type { Lesson } from "@/core/shapes/memory";
import type { UnitLesson } from "@/core/shapes/plans";
import type { TaskState } from "@/core/state";

export interface UnitMemory {
  finding: LessonFinding;
  /** Returns a lesson as people see it; null when it was removed. */
  lessonOf(id: string): Lesson | null;
  configuration: Pick<Configuration, "agentBody" | "setupFor">;
  now(): number;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Returns the lessons by the same choice as that of the unit's task, for its title and instruction as they are now. What
 * research and the host find before it begins may add others.
 */
export function lessonsOfUnit(
  memory: UnitMemory,
  { state, task, treeId }: { state: TaskState; task: RoundTask; treeId: number },
  step: Step,
): UnitLesson[] {
  const { configuration, finding, lessonOf, now } = memory;
  // An agent can be removed while its plan waits.
  if (!configuration.agentBody(step.executor, state.setup.pinned)) return [];
  const instruction = stepInstruction(task, step, { found: null, gaps: [], said: [] });
  const reader = {
    setup: configuration.setupFor(step.executor, inheritedBy(state, instruction)),
    assignment: { title: step.title, instruction, role: "work" as const, ...(task.error && { error: task.error }) },
  };
  const given = readsLessons(reader) ? lessonsAtStart(finding, { ...reader, treeId, known: NONE }, now()) : null;
  return (given?.shown ?? []).flatMap(({ lesson: id }) => {
    const lesson = lessonOf(id);
    if (!lesson) return [];
    const { kind, advice, confidence, helped, harmed } = lesson;
    return [{ id, kind, advice, confidence, helped, harmed }];
  });
}
