/** The successful answers of the routes about memory; see `answers.ts`. */
import type { LessonGraph } from "@/core/shapes/lesson-graph";
import type { LessonDetail, LessonFile, LessonList, LessonOfTask, LessonTree, Memory } from "@/core/shapes/memory";
import type { All } from "./answer-shapes";

export interface MemoryAnswers {
  /** Whether memory helps, from the goals of the last 90 days, with and without it. */
  "GET memory": Memory;
  /** What a lesson belongs to and its neighbours, in two steps; with `question` the lessons that answer it. */
  "GET memory/graph": LessonGraph;
  /** Lessons, those that were shown most first; with `text` those that have its words. */
  "GET lessons": LessonList;
  /** The lessons that a task was shown, or another task of its round of a goal. */
  "GET tasks/:id/lessons": All<LessonOfTask>;
  /** The live lessons as a file that another installation can import. */
  "GET lessons/export": LessonFile;
  /** Ended trees in which a lesson could matter, at most 20: those of its evidence first. */
  "GET lessons/:id/trees": All<LessonTree>;
  /** A lesson with what speaks for and against it, and what happened to it. */
  "GET lessons/:id": LessonDetail;
}
