import type { LessonStatus } from "@/core/lessons/lesson";
import type { LessonDetail, LessonFile, LessonList, Memory } from "@/core/shapes/memory";

export interface MemoryQueries {
  /** Returns lessons, those that were shown most first; with `text` those that have its words, the best first. */
  listLessons(options?: {
    status?: LessonStatus | undefined;
    text?: string | undefined;
    limit?: number | undefined;
    offset?: number | undefined;
  }): Promise<LessonList>;
  getLesson(id: string): Promise<LessonDetail>;
  /** Returns whether memory helps, from the goals of the last 90 days. */
  getMemory(): Promise<Memory>;
  /** Returns the live lessons as a file that another installation can import. */
  exportLessons(): Promise<LessonFile>;
}
