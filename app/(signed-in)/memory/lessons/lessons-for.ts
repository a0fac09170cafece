import type { GuardedApplication } from "@/agents/guard/guard";
import type { LessonList } from "@/core/shapes/memory";
import { EVERYWHERE, LESSONS_A_PAGE, type LessonsAsked } from "./address";

/** One lesson more than a page shows, to know whether there is a next page. */
export function lessonsFor(queries: GuardedApplication["queries"], asked: LessonsAsked): Promise<LessonList> {
  const { status, kind, text, of, after } = asked;
  return queries.listLessons({
    status: status ?? undefined,
    kind: kind ?? undefined,
    text,
    ...(of && { [of.by]: of.by === "place" && of.name === EVERYWHERE ? null : of.name }),
    limit: LESSONS_A_PAGE + 1,
    offset: after,
  });
}
