/** A lesson as people and programs see it. */
import { confidenceOf, isOnTrial, leastFor } from "@/core/lessons/confidence";
import { FAULT_SENTENCES, faultsOf } from "@/core/lessons/limits";
import type { Lesson } from "@/core/shapes/memory";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import type { Redactor } from "@/lib/secrets/redact";

export type StoredLesson = NonNullable<ReturnType<Store["lessons"]["get"]>>;

export interface ShapeSources {
  redactor: Pick<Redactor, "redact">;
  now(): number;
}

export function lessonShape({ redactor, now }: ShapeSources, lesson: StoredLesson): Lesson {
  const { uid, kind, advice, trigger, signature, scope, place, status, reason, maker } = lesson;
  const confidence = confidenceOf(lesson, now());
  return {
    id: uid,
    kind,
    // A secret may have become known after the lesson was kept.
    advice: redactor.redact(advice),
    trigger: redactor.redact(trigger),
    signature: signature === null ? null : redactor.redact(signature),
    scope,
    place,
    status,
    reason,
    made_by: maker,
    approved: lesson.isApproved,
    outside: lesson.isTainted,
    confidence,
    is_shown: status === "live" && (confidence >= leastFor(kind) || isOnTrial(lesson)),
    shown: lesson.shown,
    helped: lesson.helped,
    harmed: lesson.harmed,
    last_used_at: lesson.lastUsedMs === null ? null : iso(lesson.lastUsedMs),
    created_at: iso(lesson.createdAtMs),
    faults: faultsOf(lesson, redactor.redact).map((fault) => ({ fault, sentence: FAULT_SENTENCES[fault] })),
  };
}
