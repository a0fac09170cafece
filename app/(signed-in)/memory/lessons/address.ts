/** The filter of the list of lessons, in the address. Pure. */
import type { LessonKind, LessonStatus } from "@/core/lessons/lesson";
import { LESSON_KINDS, LESSON_STATUSES } from "@/core/shapes/memory";

export interface LessonsAsked {
  status: LessonStatus | null;
  kind: LessonKind | null;
  text: string;
  /** How many lessons come before those that are shown. */
  after: number;
}

export type Search = Record<string, string | string[] | undefined>;

export const LESSONS_A_PAGE = 50;

export function askedOf({ status, kind, text, after }: Search): LessonsAsked {
  return {
    status: LESSON_STATUSES.find((one) => one === status) ?? null,
    kind: LESSON_KINDS.find((one) => one === kind) ?? null,
    text: typeof text === "string" ? text.trim().slice(0, 200) : "",
    after: typeof after === "string" && /^\d{1,7}$/.test(after) ? Number(after) : 0,
  };
}

/** Returns the address of a list, or of one of its lessons. */
export function addressOf(asked: LessonsAsked, change: Partial<LessonsAsked> = {}, lesson?: string): string {
  // Another filter begins at its first page.
  const { status, kind, text, after } = { ...asked, ...(lesson === undefined && { after: 0 }), ...change };
  const given = { status, kind, text, after: after === 0 ? "" : String(after) };
  const query = new URLSearchParams(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const path = lesson === undefined ? "/memory/lessons" : `/memory/lessons/${encodeURIComponent(lesson)}`;
  return query.size === 0 ? path : `${path}?${query}`;
}
