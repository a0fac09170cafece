/** What the log says of lessons. */

/** Which of the two a goal belongs to: its tasks are shown lessons, or they are not, to measure whether lessons help. */
export type MemoryArm = "with" | "without";

/**
 * `signature`: the task's error has it. `words`: what the task is about. `asked`: its agent asked for it. `named`: the
 * person who forked the tree named it.
 */
export type ShownWhy = "signature" | "words" | "asked" | "named";

/** A lesson that an agent proposes. `kind` is one of LESSON_KINDS. */
export interface ProposedLesson {
  kind: string;
  scope: "repository" | "everywhere";
  /** Words of the tasks that it is for. */
  trigger: string;
  /** The signature of its error; null where no error is meant. */
  signature: string | null;
  advice: string;
}

export interface ShownLesson {
  /** Its public id. */
  lesson: string;
  why: ShownWhy;
}
