/** Addresses of lists of lessons, with their filter, and of the graph. Pure. */
import type { LessonKind, LessonStatus } from "@/core/lessons/lesson";
import { LESSON_KINDS, LESSON_STATUSES } from "@/core/shapes/memory";

export interface LessonsAsked {
  status: LessonStatus | null;
  kind: LessonKind | null;
  text: string;
  /** What the lessons belong to; null: all. */
  of: Belonging | null;
  /** How many lessons come before those that are shown. */
  after: number;
}

/** An error by its signature, a place by its address or folder, or an agent by its name. */
export interface Belonging {
  by: "error" | "place" | "agent";
  name: string;
}

/** The name of the place of lessons that apply everywhere. */
export const EVERYWHERE = "everywhere";

export type Search = Record<string, string | string[] | undefined>;

export const LESSONS_A_PAGE = 50;

export function askedOf({ status, kind, text, after, ...rest }: Search): LessonsAsked {
  const of = (["error", "place", "agent"] as const).flatMap((by): Belonging[] => {
    const name = rest[by];
    return typeof name === "string" && name !== "" ? [{ by, name }] : [];
  });
  return {
    status: LESSON_STATUSES.find((one) => one === status) ?? null,
    kind: LESSON_KINDS.find((one) => one === kind) ?? null,
    text: typeof text === "string" ? text.trim().slice(0, 200) : "",
    of: of[0] ?? null,
    after: typeof after === "string" && /^\d{1,7}$/.test(after) ? Number(after) : 0,
  };
}

/** Returns the address of the list of the lessons that belong to an error, a place or an agent. */
export function addressOfBelonging(of: Belonging): string {
  return addressOf({ status: null, kind: null, text: "", of, after: 0 });
}

/** Returns the address of a list, or of one of its lessons. */
export function addressOf(asked: LessonsAsked, change: Partial<LessonsAsked> = {}, lesson?: string): string {
  // Another filter begins at its first page.
  const { status, kind, text, of, after } = { ...asked, ...(lesson === undefined && { after: 0 }), ...change };
  const given = { status, kind, text, ...(of && { [of.by]: of.name }), after: after === 0 ? "" : String(after) };
  const query = new URLSearchParams(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const path = lesson === undefined ? "/memory/lessons" : `/memory/lessons/${encodeURIComponent(lesson)}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Returns the address of the graph around a lesson, beside the answer to a question. */
export function graphAddress({
  lesson,
  question,
}: {
  lesson?: string | undefined;
  question?: string | undefined;
}): string {
  const given = Object.entries({ question, lesson }).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(given);
  return query.size === 0 ? "/memory/graph" : `/memory/graph?${query}`;
}
