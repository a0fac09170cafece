/** Lists and numbers of lessons, for people. */
import type { LessonKind, LessonReason, LessonStatus } from "@/core/lessons/lesson";
import { indexWords } from "@/core/lessons/words";
import type { ShownWhy } from "@/core/log/lessons";
import type { Sqlite } from "@/db/file/client";
import { type Glances, readEachTime } from "@/db/file/glance";
import { type BelongingKind, belongingOf, belongingSql, type LessonsOf } from "./belonging";
import { type MostShown, mostShownSql } from "./most-shown";
import { LESSON_COLUMNS, lessonOfRow, type StoredLesson } from "./rows";
import { createVocabulary, MOST_OF_WORD } from "./vocabulary";

/** Which lessons are listed; null: all. */
export interface LessonFilter {
  status: LessonStatus | null;
  kind: LessonKind | null;
  /** true: only lessons that come with Banyan and that nobody has decided yet; false: only others. */
  isSeed: boolean | null;
  /** What they belong to. */
  of: LessonsOf | null;
}

export const EVERY_LESSON: LessonFilter = { status: null, kind: null, isSeed: null, of: null };

/** A lesson that a task was shown, with the outcome by the host's commands. */
interface ShownToTask {
  lesson: StoredLesson;
  why: ShownWhy;
  outcome: "helped" | "harmed" | null;
  wrongBy: string | null;
}

export interface LessonLists {
  /** Returns lessons, those that were shown most first. */
  list(filter: LessonFilter, limit: number, offset: number): StoredLesson[];
  /**
   * Returns lessons whose advice or trigger has all the words of a text that a person typed. The last may be the
   * beginning of a word, unless it is a frequent word. The best matches come first, or the newest when very many
   * lessons match.
   */
  search(text: string, filter: LessonFilter, limit: number, offset: number): StoredLesson[];
  counts(): Record<LessonStatus, number>;
  /** Returns how many lessons there are of each status, whatever status the filter has, and how many it lets through of each kind. */
  counted(filter: Omit<LessonFilter, "kind">): {
    counts: Record<LessonStatus, number>;
    kinds: Partial<Record<LessonKind, number>>;
  };
  /** Returns how many lessons were retired for each reason. */
  reasons(): Partial<Record<LessonReason, number>>;
  /** Returns how many candidates wait for a person, at most `MOST_WAITING`. Lessons that come with Banyan do not count. */
  waiting(): number;
  /** Returns the lessons that a task was shown, or another task of its round of a goal. */
  shownTo(task: string): ShownToTask[];
  /** Returns lessons that tasks of a tree were shown, at most `MOST_OF_TREE`. */
  shownIn(tree: string): StoredLesson[];
}

/** Counting stops here. */
const MOST_WAITING = 1_000;
const MOST_OF_TREE = 20;
/** Ranking more would block everything else for tens of milliseconds. */
const MOST_RANKED = 1_000;

const FILTERED = `(@status IS NULL OR lesson.status = @status) AND (@isSeed IS NULL OR (lesson.reason IS 'seeded') = @isSeed)`;
const OF_KIND = "(@kind IS NULL OR lesson.kind = @kind)";

/** The public ids of a task and of the tasks above it: one of them may be its round. */
export const ROUNDS_OF_TASK = `
  WITH RECURSIVE above (uid, parent_id) AS (
    SELECT uid, parent_id FROM tasks WHERE uid = @task
    UNION ALL SELECT task.uid, task.parent_id FROM tasks task JOIN above ON task.id = above.parent_id)
  SELECT uid FROM above`;

export function createLessonLists(sqlite: Sqlite, glance: Glances["of"] = readEachTime): LessonLists {
  const run = statements(sqlite);
  const vocabulary = createVocabulary(sqlite);
  const mostShown = memo(
    ({ status, kind }: MostShown) => `${status} ${kind}`,
    (filter) => sqlite.prepare(mostShownSql(filter)),
  );
  const belonging = memo(
    (kind: BelongingKind) => kind,
    (kind) => belongingStatements(sqlite, belongingSql(kind)),
  );
  const searches = memo(
    (kind: BelongingKind | null) => `${kind}`,
    (kind) => searchStatements(sqlite, kind && belongingSql(kind)),
  );
  const tally = glance(() => tallied(run.tally.all() as TallyRow[], run.seeds.all() as TallyRow[]));
  return {
    list(filter, limit, offset) {
      const { isSeed, of } = parametersOf(filter);
      const rows = filter.of
        ? belonging(belongingOf(filter.of).kind).list.all({ ...filter, isSeed, of, limit, offset })
        : mostShown(filter).all({ isSeed, limit, offset, most: limit + offset });
      return rows.map(lessonOfRow);
    },
    search(text, filter, limit, offset) {
      const words = indexWords(text);
      const last = words.at(-1);
      if (last === undefined) return [];
      const isWhole = vocabulary.counted([last]).some(({ number }) => number > MOST_OF_WORD);
      const query = words.map((word) => `"${word}"`).join(" AND ") + (isWhole ? "" : "*");
      const isLong = (run.fitting.get({ query }) as number) > MOST_RANKED;
      const { newest, ranked } = searches(filter.of && belongingOf(filter.of).kind);
      const asked = { ...filter, ...parametersOf(filter), query, limit, offset };
      return (isLong ? newest : ranked).all(asked).map(lessonOfRow);
    },
    counts: () => countsIn(tally()),
    counted({ status, isSeed, of }) {
      if (of) {
        const { kind, value } = belongingOf(of);
        const { counts, kinds } = belonging(kind);
        const asked = { status, ...parametersOf({ isSeed, of }) };
        return {
          counts: { ...NONE, ...numbers(counts.raw().all({ of: value })) },
          kinds: numbers(kinds.raw().all(asked)),
        };
      }
      const rows = tally();
      const chosen = rows.filter(
        (row) => (status ?? row.status) === row.status && (isSeed ?? row.isSeed) === row.isSeed,
      );
      return { counts: countsIn(rows), kinds: sums(chosen, ({ kind }) => kind) };
    },
    reasons: () => numbers(run.reasons.raw().all()),
    shownIn: (tree) => run.shownIn.all(tree).map(lessonOfRow),
    waiting: glance(() => run.waiting.get() as number),
    shownTo: (task) =>
      (run.shownTo.all({ task }) as Pick<ShownToTask, "why" | "outcome" | "wrongBy">[]).map((row) => {
        const { why, outcome, wrongBy, ...lesson } = row;
        return { lesson: lessonOfRow(lesson), why, outcome, wrongBy };
      }),
  };
}

/** Values as SQLite takes them. */
function parametersOf({ isSeed, of }: Pick<LessonFilter, "isSeed" | "of">) {
  return { isSeed: isSeed === null ? null : Number(isSeed), of: of && belongingOf(of).value };
}

/** Makes each value when it is first asked for, and keeps it. */
function memo<Of, Made>(keyOf: (of: Of) => string, make: (of: Of) => Made): (of: Of) => Made {
  const known = new Map<string, Made>();
  return (of) => {
    const made = known.get(keyOf(of)) ?? make(of);
    known.set(keyOf(of), made);
    return made;
  };
}

const NONE: Record<LessonStatus, number> = { candidate: 0, live: 0, retired: 0 };

function numbers(rows: unknown[]): Record<string, number> {
  return Object.fromEntries(rows as [string, number][]);
}

/** How many lessons there are of a status and kind: those that come with Banyan and that nobody has decided yet, or others. */
interface TallyRow {
  status: LessonStatus;
  kind: LessonKind;
  isSeed: boolean;
  number: number;
}

/** The index counts all of them. Few of them come with Banyan. */
function tallied(all: readonly TallyRow[], seeds: readonly TallyRow[]): TallyRow[] {
  const seedsOf = (row: TallyRow) =>
    seeds.find(({ status, kind }) => status === row.status && kind === row.kind)?.number ?? 0;
  return [
    ...all.map((row) => ({ ...row, isSeed: false, number: row.number - seedsOf(row) })),
    ...seeds.map((row) => ({ ...row, isSeed: true })),
  ];
}

function countsIn(rows: readonly TallyRow[]): Record<LessonStatus, number> {
  return { ...NONE, ...sums(rows, ({ status }) => status) };
}

function sums<Key extends string>(rows: readonly TallyRow[], keyOf: (row: TallyRow) => Key) {
  const found: Partial<Record<Key, number>> = {};
  for (const row of rows) if (row.number > 0) found[keyOf(row)] = (found[keyOf(row)] ?? 0) + row.number;
  return found;
}

/** `of`: SQL for the ids of the lessons that are listed. */
function belongingStatements(sqlite: Sqlite, of: string) {
  const from = `(${of}) one CROSS JOIN lessons lesson ON lesson.id = one.id`;
  return {
    list: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM ${from} WHERE ${FILTERED} AND ${OF_KIND}
      ORDER BY lesson.shown DESC, lesson.id DESC LIMIT @limit OFFSET @offset`),
    counts: sqlite.prepare(`SELECT lesson.status, count(*) FROM ${from} GROUP BY lesson.status`),
    kinds: sqlite.prepare(`SELECT lesson.kind, count(*) FROM ${from} WHERE ${FILTERED} GROUP BY lesson.kind`),
  };
}

/** `of`: SQL for the ids of the lessons among which words are searched; null: all. */
function searchStatements(sqlite: Sqlite, of: string | null) {
  const isAmong = of === null ? "true" : `lesson.id IN (${of})`;
  const searched = (order: string) =>
    sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM lessons_fts found CROSS JOIN lessons lesson ON lesson.id = found.rowid
      WHERE lessons_fts MATCH @query AND ${isAmong} AND ${FILTERED} AND ${OF_KIND}
      ORDER BY ${order} LIMIT @limit OFFSET @offset`);
  return { ranked: searched("found.rank"), newest: searched("found.rowid DESC") };
}

function statements(sqlite: Sqlite) {
  return {
    tally: sqlite.prepare("SELECT status, kind, count(*) AS number FROM lessons GROUP BY status, kind"),
    seeds: sqlite.prepare(
      "SELECT status, kind, count(*) AS number FROM lessons WHERE reason = 'seeded' GROUP BY status, kind",
    ),
    reasons: sqlite.prepare("SELECT reason, count(*) FROM lessons WHERE status = 'retired' GROUP BY reason"),
    fitting: sqlite
      .prepare(
        `SELECT count(*) FROM (SELECT 1 FROM lessons_fts WHERE lessons_fts MATCH @query LIMIT ${MOST_RANKED + 1})`,
      )
      .pluck(),
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
