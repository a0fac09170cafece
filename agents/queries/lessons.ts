/** Lessons as people and programs see them, and whether memory helps. */
import { type Queries, UserError } from "@/agents/application";
import { weightOf } from "@/core/lessons/confidence";
import { LESSON_KINDS, type LessonKind, MOST_IN_FILE } from "@/core/lessons/lesson";
import { type Lift, type LiftFigureName, liftOf } from "@/core/lessons/lift";
import { likeness, TWINS_FROM, wordsOf } from "@/core/lessons/words";
import { pageAt } from "@/core/page";
import type { LessonGraphQuery } from "@/core/shapes/lesson-graph";
import type { Lesson, LessonEvent, LessonOfTask, LessonQuery, LessonSource, LessonUse } from "@/core/shapes/memory";
import { historySentence } from "@/core/words/lessons";
import { iso } from "@/db/file/iso";
import type { LessonsOf } from "@/db/memory/belonging";
import { EVERY_LESSON, type LessonFilter } from "@/db/memory/listed";
import type { Store } from "@/db/store";
import type { Redactor } from "@/lib/secrets/redact";
import type { Ids } from "./ids";
import { answerTo, examplesFor } from "./lesson-answer";
import { graphAround, middleOf } from "./lesson-graph";
import { lessonOf } from "./lesson-of";
import { lessonShape, type StoredLesson } from "./lesson-shape";

export interface LessonSources {
  store: Pick<Store, "lessons">;
  redactor: Pick<Redactor, "redact">;
  now(): number;
  ids: Pick<Ids, "task">;
}

const DAY_MS = 86_400_000;
const LIFT_DAYS = 90;
const MOST_PLACES = 20;
const MOST_USES = 200;
const MOST_TWINS = 5;
const LISTED = 200;
const MOST_LISTED = 500;
const MOST_LIKE = 200;

export function createLessonQueries(
  sources: LessonSources,
): Pick<Queries, "listLessons" | "listLessonsOfTask" | "getLesson" | "getLessonGraph" | "getMemory" | "exportLessons"> {
  const { store, now, ids } = sources;
  const { lessons } = store;
  const lifts = createLifts();
  return {
    async listLessons({
      status = null,
      kind = null,
      seeded = null,
      text,
      limit: wanted = LISTED,
      offset = 0,
      ...rest
    } = {}) {
      const of = belongingIn(rest);
      const [limit, filter] = [Math.min(wanted, MOST_LISTED), { status, kind, isSeed: seeded, of }];
      const most = limit + 1;
      const found = text?.trim()
        ? searched(sources, text, filter, { most, offset })
        : lessons.list(filter, most, offset);
      const { items, next } = pageAt(found, offset, limit);
      const { counts, kinds } = lessons.counted(filter);
      return {
        items: items.map((lesson) => lessonShape(sources, lesson)),
        next,
        counts,
        kinds: { ...NO_KINDS, ...kinds },
        waiting: lessons.waiting(),
      };
    },
    async listLessonsOfTask(task) {
      return lessons.shownTo(ids.task(task)).map(({ lesson, why, outcome, wrongBy }): LessonOfTask => {
        const { id, kind, advice, status } = lessonShape(sources, lesson);
        return { id, kind, advice, status, why, outcome, wrong_by: wrongBy };
      });
    },
    async getLesson(id) {
      const lesson = lessonOf(store, id);
      const { uid } = lesson;
      return {
        ...lessonShape(sources, lesson),
        sum: { helped: lesson.helped, harmed: lesson.harmed, weight: weightOf(lesson, now()) },
        uses: lessons.uses(uid, MOST_USES).map(useShape),
        uses_total: lessons.countUses(uid),
        sources: lessons.sources(uid).map(sourceShape),
        history: lessons.history(uid).map(eventShape),
        twins: twinsOf(sources, lesson),
      };
    },
    async getLessonGraph({ lesson: id, question }: LessonGraphQuery = {}) {
      const answer = question?.trim() ? answerTo(sources, question) : null;
      const [first] = answer?.items ?? [];
      const middle = id ?? first?.lesson.id;
      const graph = graphAround(sources, middle === undefined ? middleOf(sources) : lessonOf(store, middle));
      return { ...graph, examples: examplesFor(graph), answer };
    },
    async getMemory() {
      const outcomes = lessons.goalOutcomes(now() - LIFT_DAYS * DAY_MS).filter(({ isDrawn }) => isDrawn);
      const byPlace = new Map<string, typeof outcomes>();
      for (const goal of outcomes) byPlace.set(goal.place, [...(byPlace.get(goal.place) ?? []), goal]);
      const places = [...byPlace]
        .filter(([place]) => place !== "")
        .sort(([, a], [, b]) => b.length - a.length)
        .slice(0, MOST_PLACES);
      return {
        ...lessons.settings(),
        counts: lessons.counts(),
        waiting: lessons.waiting(),
        retired: retiredOf(lessons.reasons()),
        known: lessons.known(),
        days: LIFT_DAYS,
        lift: lifts("", outcomes),
        places: places.map(([place, goals]) => ({ place, lift: lifts(place, goals, ["rounds"]) })),
      };
    },
    async exportLessons() {
      const kept = lessons.list({ ...EVERY_LESSON, status: "live" }, MOST_IN_FILE, 0);
      const leftOut = lessons.counts().live - kept.length;
      return {
        banyan_lessons: 1,
        lessons: kept.map(({ kind, advice, trigger, signature, scope, place }) => {
          return { kind, advice, trigger, signature, scope, place };
        }),
        ...(leftOut > 0 && { left_out: leftOut }),
      };
    },
  };
}

/** Returns a `liftOf` that compares the goals of a place only once, because a comparison takes many draws. */
function createLifts() {
  const known = new Map<string, { mark: string; lift: Lift }>();
  return (place: string, goals: ReturnType<Store["lessons"]["goalOutcomes"]>, figures?: readonly LiftFigureName[]) => {
    const mark = `${goals.length} ${goals.reduce((sum, { endedAtMs }) => sum + endedAtMs, 0)}`;
    const kept = known.get(place);
    if (kept?.mark === mark) return kept.lift;
    const lift = liftOf(goals, figures);
    if (known.size > 2 * MOST_PLACES) known.clear();
    known.set(place, { mark, lift });
    return lift;
  };
}

/** Throws UserError when more than one of error, place and agent is asked for. */
function belongingIn({ error, place, agent }: Pick<LessonQuery, "error" | "place" | "agent">): LessonsOf | null {
  const given: LessonsOf[] = [
    ...(error === undefined ? [] : [{ error }]),
    ...(place === undefined ? [] : [{ place }]),
    ...(agent === undefined ? [] : [{ agent }]),
  ];
  if (given.length > 1) throw new UserError("invalid", "Use only one of error, place and agent.");
  return given[0] ?? null;
}

const NO_KINDS = Object.fromEntries(LESSON_KINDS.map((kind) => [kind, 0])) as Record<LessonKind, number>;

function retiredOf({ harmed = 0, by_person = 0, merged = 0 }: ReturnType<Store["lessons"]["reasons"]>) {
  return { by_counts: harmed, by_people: by_person, merged };
}

/** Returns lessons with all words of the text; else live lessons with its rarest words. */
function searched(
  { store: { lessons } }: LessonSources,
  text: string,
  filter: LessonFilter,
  { most, offset }: { most: number; offset: number },
) {
  const found = lessons.search(text, filter, most, offset);
  const isNarrow = filter.kind !== null || filter.isSeed === true || filter.of !== null;
  const isOther = (filter.status ?? "live") !== "live" || isNarrow;
  const isPast = offset > 0 && found.length === 0 && lessons.search(text, filter, 1, 0).length > 0;
  if (found.length > 0 || isPast || isOther) return found;
  return lessons.byWords(wordsOf(text)).slice(offset, offset + most);
}

/** Lessons that a person may want to merge: for the same error, or about the same. */
function twinsOf(sources: LessonSources, lesson: StoredLesson): Lesson[] {
  const { lessons } = sources.store;
  const near = [
    ...(lesson.signature === null ? [] : lessons.bySignature(lesson.signature)),
    ...lessons.search(lesson.trigger.split(/\s+/).slice(0, 3).join(" "), EVERY_LESSON, MOST_LIKE, 0),
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
