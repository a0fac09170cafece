/** What the log says of lessons. */

/** Which of the two a goal belongs to: its tasks are shown lessons, or they are not, to measure whether lessons help. */
export type MemoryArm = "with" | "without";

/** `signature`: the task's error has it. `words`: what the task is about. `asked`: its agent asked for it. */
export type ShownWhy = "signature" | "words" | "asked";

export interface ShownLesson {
  /** Its public id. */
  lesson: string;
  why: ShownWhy;
}
