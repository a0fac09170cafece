/** Adds the patterns that come with Banyan: candidates that no agent sees before a person approves them. */
import type { LessonText } from "@/core/lessons/lesson";
import type { Lessons } from "@/db/memory/lessons";
import { newId } from "@/lib/new-id";

type Pattern = Pick<LessonText, "kind" | "trigger" | "advice">;

/** A pattern that was added before stays as it is, even if a person has edited, narrowed or retired it. */
export async function seedLessons(lessons: Pick<Lessons, "addOnce">, patterns: readonly Pattern[], nowMs: number) {
  await lessons.addOnce(
    patterns.map(({ kind, trigger, advice }) => ({
      uid: newId(),
      kind,
      trigger,
      advice,
      scope: "everywhere",
      place: null,
      signature: null,
      maker: "seed",
      isTainted: false,
      reason: "seeded",
      by: null,
      atMs: nowMs,
      source: null,
    })),
  );
}
