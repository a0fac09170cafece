/** What the log says of lessons. */

/** Which of the two a goal belongs to: its tasks are shown lessons, or they are not, to measure whether lessons help. */
export type MemoryArm = "with" | "without";

/**
 * `signature`: the task's error has it. `words`: what the task is about. `asked`: its agent asked for it. `named`: the
 * person who forked the tree named it.
 */
export type ShownWhy = "signature" | "words" | "asked" | "named";

export interface ShownLesson {
  /** Its public id. */
  lesson: string;
  why: ShownWhy;
}
