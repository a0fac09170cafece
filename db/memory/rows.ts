/** Rows of lessons, as the rest of the system sees them. */
import type { LessonKind, LessonMaker, LessonReason, LessonScope, LessonStatus } from "@/core/lessons/lesson";
import type { FoundLesson } from "@/core/lessons/show";

export interface StoredLesson extends FoundLesson {
  status: LessonStatus;
  reason: LessonReason | null;
  maker: LessonMaker;
  isTainted: boolean;
  shown: number;
  createdAtMs: number;
  changedAtMs: number;
}

interface LessonRow {
  uid: string;
  kind: LessonKind;
  scope: LessonScope;
  place: string | null;
  trigger: string;
  signature: string | null;
  advice: string;
  status: LessonStatus;
  reason: LessonReason | null;
  maker: LessonMaker;
  isApproved: number;
  isTainted: number;
  shown: number;
  helped: number;
  harmed: number;
  lastUsedMs: number | null;
  createdAtMs: number;
  changedAtMs: number;
}

/** The columns of a lesson, of the table `lesson`. */
export const LESSON_COLUMNS = `lesson.uid, lesson.kind, lesson.scope, lesson.place, lesson.\`trigger\`, lesson.signature,
  lesson.advice, lesson.status, lesson.reason, lesson.maker, lesson.is_approved AS isApproved,
  lesson.is_tainted AS isTainted, lesson.shown, lesson.helped, lesson.harmed, lesson.last_used_ms AS lastUsedMs,
  lesson.created_at_ms AS createdAtMs, lesson.changed_at_ms AS changedAtMs`;

export function lessonOfRow(row: unknown): StoredLesson {
  const { isApproved, isTainted, ...lesson } = row as LessonRow;
  return { ...lesson, isApproved: isApproved === 1, isTainted: isTainted === 1 };
}
