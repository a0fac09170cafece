/** Lessons as people and programs see them, and whether memory helps. */
import { type Queries, UserError } from "@/agents/application";
import { confidenceOf, isOnTrial, leastFor, weightOf } from "@/core/lessons/confidence";
import type { LessonStatus } from "@/core/lessons/lesson";
import { liftOf } from "@/core/lessons/lift";
import { FAULT_SENTENCES, faultsOf } from "@/core/lessons/limits";
import { likeness, TWINS_FROM, wordsOf } from "@/core/lessons/words";
import type { Lesson, LessonEvent, LessonSource, LessonUse } from "@/core/shapes/memory";
import { historySentence } from "@/core/words/lessons";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import type { Redactor } from "@/lib/secrets/redact";

export interface LessonSources {
  store: Pick<Store, "lessons">;
  redactor: Pick<Redactor, "redact">;
  now(): number;
}

type StoredLesson = NonNullable<ReturnType<Store["lessons"]["get"]>>;

const DAY_MS = 86_400_000;
const LIFT_DAYS = 90;
const MOST_PLACES = 20;
const MOST_USES = 200;
const MOST_TWINS = 5;
const MOST_LISTED = 200;
const MOST_EXPORTED = 10_000;

export function createLessonQueries(
  sources: LessonSources,
): Pick<Queries, "listLessons" | "getLesson" | "getMemory" | "exportLessons"> {
  const { store, now } = sources;
  const { lessons } = store;
  return {
    async listLessons({ status, text, limit = MOST_LISTED, offset = 0 } = {}) {
      const most = Math.min(limit, MOST_LISTED);
      const found = text?.trim()
        ? searched(sources, text, status ?? null, most)
        : lessons.list(status ?? null, most, offset);
      return { items: found.map((lesson) => lessonShape(sources, lesson)), counts: lessons.counts() };
    },
    async getLesson(id) {
      const lesson = lessons.get(id);
      if (!lesson) throw new UserError("not_found", `There is no lesson ${id}.`);
      return {
        ...lessonShape(sources, lesson),
        sum: { helped: lesson.helped, harmed: lesson.harmed, weight: weightOf(lesson, now()) },
        uses: lessons.uses(id, MOST_USES).map(useShape),
        sources: lessons.sources(id).map(sourceShape),
        history: lessons.history(id).map(eventShape),
        twins: twinsOf(sources, lesson),
      };
    },
    async getMemory() {
      const outcomes = lessons.goalOutcomes(now() - LIFT_DAYS * DAY_MS);
      const byPlace = new Map<string, typeof outcomes>();
      for (const goal of outcomes) byPlace.set(goal.place, [...(byPlace.get(goal.place) ?? []), goal]);
      const places = [...byPlace]
        .filter(([place]) => place !== "")
        .sort(([, a], [, b]) => b.length - a.length)
        .slice(0, MOST_PLACES);
      return {
        ...lessons.settings(),
        counts: lessons.counts(),
        known: lessons.known(),
        days: LIFT_DAYS,
        lift: liftOf(outcomes),
        places: places.map(([place, goals]) => ({ place, lift: liftOf(goals) })),
      };
    },
    async exportLessons() {
      const kept = lessons.list("live", MOST_EXPORTED, 0);
      return {
        banyan_lessons: 1,
        lessons: kept.map(({ kind, advice, trigger, signature, scope, place }) => {
          return { kind, advice, trigger, signature, scope, place };
        }),
      };
    },
  };
}

export function lessonShape({ redactor, now }: Pick<LessonSources, "redactor" | "now">, lesson: StoredLesson): Lesson {
  const { uid, kind, advice, trigger, signature, scope, place, status, reason, maker } = lesson;
  const confidence = confidenceOf(lesson, now());
  return {
    id: uid,
    kind,
    advice,
    trigger,
    signature,
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

/** Lessons with all words of the text; where there are none, live ones with its rarest words. */
function searched({ store: { lessons } }: LessonSources, text: string, status: LessonStatus | null, most: number) {
  const found = lessons.search(text, status, most);
  if (found.length > 0 || (status !== null && status !== "live")) return found;
  return lessons.byWords(wordsOf(text)).slice(0, most);
}

/** Lessons that a person may want to merge: for the same error, or about the same. */
function twinsOf(sources: LessonSources, lesson: StoredLesson): Lesson[] {
  const { lessons } = sources.store;
  const near = [
    ...(lesson.signature === null ? [] : lessons.bySignature(lesson.signature)),
    ...lessons.search(lesson.trigger.split(/\s+/).slice(0, 3).join(" "), null, MOST_LISTED),
  ];
  const others = [...new Map(near.map((other) => [other.uid, other])).values()].filter(({ uid, status, advice }) => {
    return uid !== lesson.uid && status !== "retired" && likeness(advice, lesson.advice) >= TWINS_FROM / 2;
  });
  return others.slice(0, MOST_TWINS).map((other) => lessonShape(sources, other));
}

function useShape(use: ReturnType<Store["lessons"]["uses"]>[number]): LessonUse {
  const { why, tree, treeTitle, task, seq, atMs, outcome, wrongBy } = use;
  return {
    why,
    tree,
    tree_title: treeTitle,
    task,
    seq: why === "made" ? null : seq,
    at: iso(atMs),
    outcome,
    wrong_by: wrongBy,
  };
}

function sourceShape(source: ReturnType<Store["lessons"]["sources"]>[number]): LessonSource {
  const { from = null, to = null } = source.evidence as { from?: string; to?: string };
  return { tree: source.tree, tree_title: source.treeTitle, task: source.task, at: iso(source.atMs), from, to };
}

function eventShape({ atMs, by, action, detail }: ReturnType<Store["lessons"]["history"]>[number]): LessonEvent {
  const what = action as LessonEvent["what"];
  return { at: iso(atMs), by, what, sentence: historySentence(what, by, detail as Record<string, unknown>) };
}
