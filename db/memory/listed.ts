/** Lists and numbers of lessons, for people. */
import type { LessonKind, LessonReason, LessonStatus } from "@/core/lessons/lesson";
import type { ShownWhy } from "@/core/log/lessons";
import type { Sqlite } from "@/db/file/client";
import { type BelongingKind, belongingOf, belongingSql, type LessonsOf } from "./belonging";
import { LESSON_COLUMNS, lessonOfRow, type StoredLesson } from "./rows";

/** Which lessons are listed; null: all. */
export interface LessonFilter {
  status: LessonStatus | null;
  kind: LessonKind | null;
  /** Whether those that come with Banyan and that nobody has decided yet, or only others. */
  isSeed: boolean | null;
  /** What they belong to. */
  of: LessonsOf | null;
}

export const EVERY_LESSON: LessonFilter = { status: null, kind: null, isSeed: null, of: null };

/** A lesson that a task was shown, and what the host's commands said after it. */
interface ShownToTask {
  lesson: StoredLesson;
  why: ShownWhy;
  outcome: "helped" | "harmed" | null;
  wrongBy: string | null;
}

export interface LessonLists {
  /** Returns lessons, those that were shown most first. */
  list(filter: LessonFilter, limit: number, offset: number): StoredLesson[];
  /** Returns lessons whose advice or trigger has all the words of a text that a person typed, the best fitting first. */
  search(text: string, filter: LessonFilter, limit: number, offset: number): StoredLesson[];
  counts(): Record<LessonStatus, number>;
  /** Returns the same for the lessons that belong to something. */
  countsOf(of: LessonsOf): Record<LessonStatus, number>;
  /** Returns how many lessons there are of each kind. */
  kinds(filter: Omit<LessonFilter, "kind">): Partial<Record<LessonKind, number>>;
  /** Returns how many lessons are not live for each reason. */
  reasons(): Partial<Record<LessonReason, number>>;
  /** Returns how many candidates wait for a person, at most `MOST_WAITING`. Those that come with Banyan wait for nobody. */
  waiting(): number;
  /** Returns the lessons that a task was shown, or another task of its round of a goal. */
  shownTo(task: string): ShownToTask[];
  /** Returns lessons that tasks of a tree were shown, at most `MOST_OF_TREE`. */
  shownIn(tree: string): StoredLesson[];
}

/** More are not counted. */
const MOST_WAITING = 1_000;
const MOST_OF_TREE = 20;

const FILTERED = `(@status IS NULL OR lesson.status = @status) AND (@isSeed IS NULL OR (lesson.reason IS 'seeded') = @isSeed)`;
const OF_KIND = "(@kind IS NULL OR lesson.kind = @kind)";

/** The public ids of a task and of the tasks above it, of which one may be the round that it belongs to. */
export const ROUNDS_OF_TASK = `
  WITH RECURSIVE above (uid, parent_id) AS (
    SELECT uid, parent_id FROM tasks WHERE uid = @task
    UNION ALL SELECT task.uid, task.parent_id FROM tasks task JOIN above ON task.id = above.parent_id)
  SELECT uid FROM above`;

export function createLessonLists(sqlite: Sqlite): LessonLists {
  const run = statements(sqlite);
  const among = new Map<BelongingKind | null, ReturnType<typeof filteredStatements>>();
  const runOf = (of: LessonsOf | null) => {
    const { kind } = belongingOf(of);
    const known = among.get(kind) ?? filteredStatements(sqlite, belongingSql(kind));
    among.set(kind, known);
    return known;
  };
  const given = ({ isSeed, of, ...filter }: Omit<LessonFilter, "kind">) => {
    return { ...filter, isSeed: isSeed === null ? null : Number(isSeed), of: belongingOf(of).value };
  };
  return {
    list: (filter, limit, offset) =>
      runOf(filter.of)
        .list.all({ ...given(filter), limit, offset })
        .map(lessonOfRow),
    search(text, filter, limit, offset) {
      const words = text.normalize("NFKC").match(/[\p{L}\p{N}]+/gu) ?? [];
      if (words.length === 0) return [];
      // The last word may not be typed to its end.
      const query = words.map((word, at) => `"${word}"${at === words.length - 1 ? "*" : ""}`).join(" AND ");
      return runOf(filter.of)
        .search.all({ ...given(filter), query, limit, offset })
        .map(lessonOfRow);
    },
    counts: () => ({ ...NONE, ...numbers(run.counts.raw().all()) }),
    countsOf: (of) => ({
      ...NONE,
      ...numbers(
        runOf(of)
          .counts.raw()
          .all({ of: belongingOf(of).value }),
      ),
    }),
    kinds: (filter) => numbers(runOf(filter.of).kinds.raw().all(given(filter))),
    reasons: () => numbers(run.reasons.raw().all()),
    shownIn: (tree) => run.shownIn.all(tree).map(lessonOfRow),
    waiting: () => run.waiting.get() as number,
    shownTo: (task) =>
      (run.shownTo.all({ task }) as Pick<ShownToTask, "why" | "outcome" | "wrongBy">[]).map((row) => {
        const { why, outcome, wrongBy, ...lesson } = row;
        return { lesson: lessonOfRow(lesson), why, outcome, wrongBy };
      }),
  };
}

const NONE: Record<LessonStatus, number> = { candidate: 0, live: 0, retired: 0 };

function numbers(rows: unknown[]): Record<string, number> {
  return Object.fromEntries(rows as [string, number][]);
}

/** `of`: SQL for the ids of the lessons among which all of this is looked for; null: among all. */
function filteredStatements(sqlite: Sqlite, of: string | null) {
  const from = of === null ? "lessons lesson" : `(${of}) one CROSS JOIN lessons lesson ON lesson.id = one.id`;
  const isAmong = of === null ? "true" : `lesson.id IN (${of})`;
  return {
    list: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM ${from} WHERE ${FILTERED} AND ${OF_KIND}
      ORDER BY lesson.shown DESC, lesson.id DESC LIMIT @limit OFFSET @offset`),
    search: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM lessons_fts found CROSS JOIN lessons lesson ON lesson.id = found.rowid
      WHERE lessons_fts MATCH @query AND ${isAmong} AND ${FILTERED} AND ${OF_KIND}
      ORDER BY found.rank LIMIT @limit OFFSET @offset`),
    counts: sqlite.prepare(`SELECT lesson.status, count(*) FROM ${from} GROUP BY lesson.status`),
    kinds: sqlite.prepare(`SELECT lesson.kind, count(*) FROM ${from} WHERE ${FILTERED} GROUP BY lesson.kind`),
  };
}

function statements(sqlite: Sqlite) {
  return {
    counts: sqlite.prepare("SELECT status, count(*) FROM lessons GROUP BY status"),
    reasons: sqlite.prepare("SELECT reason, count(*) FROM lessons WHERE reason IS NOT NULL GROUP BY reason"),
    waiting: sqlite
      .prepare(`
        SELECT count(*) FROM (
          SELECT 1 FROM lessons WHERE status = 'candidate' AND reason IS NOT 'seeded' LIMIT ${MOST_WAITING})`)
      .pluck(),
    shownIn: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM lessons lesson
      WHERE id IN (SELECT lesson_id FROM lesson_uses WHERE tree = ? AND why <> 'made') ORDER BY id LIMIT ${MOST_OF_TREE}`),
    shownTo: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS}, use.why, use.outcome, use.wrong_by AS wrongBy
      FROM lesson_uses use JOIN lessons lesson ON lesson.id = use.lesson_id
      WHERE use.why <> 'made' AND (use.task = @task OR use.unit IN (${ROUNDS_OF_TASK})) ORDER BY use.at_ms, lesson.id`),
  };
}
