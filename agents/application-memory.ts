import type { LessonGraph, LessonGraphQuery } from "@/core/shapes/lesson-graph";
import type {
  LessonDetail,
  LessonFile,
  LessonList,
  LessonOfTask,
  LessonQuery,
  LessonTree,
  Memory,
} from "@/core/shapes/memory";

export interface MemoryQueries {
  /** Returns lessons, those that were shown most first; with `text` those that have its words, the best first. */
  listLessons(query?: LessonQuery): Promise<LessonList>;
  /** Returns the lessons that a task was shown, or another task of its round of a goal. */
  listLessonsOfTask(task: string): Promise<LessonOfTask[]>;
  /** Returns ended trees in which the lesson could matter, at most 20: those of its evidence first. */
  listLessonTrees(id: string): Promise<LessonTree[]>;
  getLesson(id: string): Promise<LessonDetail>;
  /** Returns what a lesson belongs to and its neighbours, and the answer to a question about lessons. */
  getLessonGraph(query?: LessonGraphQuery): Promise<LessonGraph>;
  /** Returns whether memory helps, from the goals of the last 90 days. */
  getMemory(): Promise<Memory>;
  /** Returns the live lessons as a file that another installation can import. */
  exportLessons(): Promise<LessonFile>;
}
