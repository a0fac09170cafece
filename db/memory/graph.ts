/** What lessons belong to: errors, agents, repositories, and other lessons. Each statement reads a bounded number of rows. */
import { LESSON_KINDS } from "@/core/lessons/lesson";
import { MOST_COUNTED } from "@/core/shapes/lesson-graph";
import type { Sqlite } from "@/db/file/client";
import { agentsOfUnits } from "./belonging";
import { mostShownSql } from "./most-shown";
import { LESSON_COLUMNS, lessonOfRow, type StoredLesson } from "./rows";

/** Rounds and tasks with an agent in which a lesson was made, and in which it was shown. */
interface AgentOfLesson {
  agent: string;
  made: number;
  shown: number;
}

interface MetError {
  /** Lessons for it, at most `MOST_COUNTED`. */
  lessons: number;
  /** Rounds and tasks in which a lesson for it was made, or shown because the error was there. */
  met: number;
  lastMetMs: number | null;
}

export interface LessonGraphReader {
  /** Returns live lessons, those that were shown most first. */
  shownMost(limit: number): StoredLesson[];
  /** Returns lessons of any status, the newest first. */
  newest(limit: number): StoredLesson[];
  /** Returns lessons of any status for an error, those that were shown most first. */
  ofError(signature: string, limit: number): StoredLesson[];
  /** Returns lessons of any status that apply in a place: live ones first, then those that helped most. */
  inPlace(place: string | null, limit: number): StoredLesson[];
  /** Returns lessons that tasks were shown together with this one, the most often first. */
  together(uid: string, limit: number): StoredLesson[];
  agentsOf(uid: string): AgentOfLesson[];
  metError(signature: string): MetError;
  /** Returns how many lessons apply in a place, at most `MOST_COUNTED`. */
  countIn(place: string | null): number;
  /** Returns the places in which lessons apply, by their names; the first 2,000. */
  places(): string[];
}

/** At most this many lessons of one error are compared, and uses and sources of a lesson are read. */
const MOST_OF_ERROR = 2_000;
const MOST_USES = 1_000;
const MOST_MET = 5_000;
/** The newest lessons of each kind in a place, among which the best are chosen. */
const MOST_OF_KIND = 200;
const MOST_PLACES = 2_000;

export function createLessonGraphReader(sqlite: Sqlite): LessonGraphReader {
  const run = statements(sqlite);
  return {
    shownMost: (limit) => run.shownMost.all({ isSeed: null, limit, offset: 0, most: limit }).map(lessonOfRow),
    newest: (limit) => run.newest.all({ limit }).map(lessonOfRow),
    ofError: (signature, limit) => run.ofError.all({ signature, limit }).map(lessonOfRow),
    inPlace: (place, limit) => run.inPlace.all({ place, limit }).map(lessonOfRow),
    together: (uid, limit) => run.together.all({ uid, limit }).map(lessonOfRow),
    agentsOf(uid) {
      const agents = new Map<string, AgentOfLesson>();
      const rows = [...run.made.all({ uid }), ...run.shown.all({ uid })] as AgentOfLesson[];
      for (const { agent, made, shown } of rows) {
        const known = agents.get(agent) ?? { agent, made: 0, shown: 0 };
        agents.set(agent, { agent, made: known.made + made, shown: known.shown + shown });
      }
      return [...agents.values()];
    },
    metError: (signature) => run.met.get({ signature }) as MetError,
    countIn: (place) => run.countIn.get({ place }) as number,
    places: () => run.places.all() as string[],
  };
}

/** The newest of each kind, by the index `lessons_of_place`. */
const NEWEST_IN_PLACE = LESSON_KINDS.map(
  (kind) =>
    `SELECT * FROM (SELECT id FROM lessons WHERE place IS @place AND kind = '${kind}' ORDER BY id DESC LIMIT ${MOST_OF_KIND})`,
).join(" UNION ALL ");

const THE_LESSON = "lesson_id = (SELECT id FROM lessons WHERE uid = @uid)";

function statements(sqlite: Sqlite) {
  return {
    shownMost: sqlite.prepare(mostShownSql({ status: "live", kind: null })),
    newest: sqlite.prepare(`SELECT ${LESSON_COLUMNS} FROM lessons lesson ORDER BY lesson.id DESC LIMIT @limit`),
    ofError: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM (SELECT id FROM lessons WHERE signature = @signature LIMIT ${MOST_OF_ERROR}) one
      CROSS JOIN lessons lesson ON lesson.id = one.id ORDER BY lesson.shown DESC, lesson.id LIMIT @limit`),
    inPlace: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM (${NEWEST_IN_PLACE}) one CROSS JOIN lessons lesson ON lesson.id = one.id
      ORDER BY lesson.status = 'live' DESC, lesson.helped - lesson.harmed DESC, lesson.shown DESC, lesson.id DESC
      LIMIT @limit`),
    together: sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM (
        SELECT other.lesson_id AS id, count(*) AS times
        FROM (SELECT lesson_id, task FROM lesson_uses
          WHERE ${THE_LESSON} AND why <> 'made' LIMIT ${MOST_USES}) mine
        CROSS JOIN lesson_uses other ON other.task = mine.task
        WHERE other.lesson_id <> mine.lesson_id AND other.why <> 'made' GROUP BY other.lesson_id) one
      CROSS JOIN lessons lesson ON lesson.id = one.id ORDER BY one.times DESC, lesson.id LIMIT @limit`),
    made: sqlite.prepare(`
      SELECT agent, count(*) AS made, 0 AS shown
      FROM (${agentsOfUnits(`SELECT task AS unit FROM lesson_sources WHERE ${THE_LESSON} LIMIT ${MOST_USES}`)})
      GROUP BY agent`),
    shown: sqlite.prepare(`
      SELECT agent, 0 AS made, count(*) AS shown
      FROM (${agentsOfUnits(`SELECT unit FROM lesson_uses WHERE ${THE_LESSON} AND why <> 'made' LIMIT ${MOST_USES}`)})
      GROUP BY agent`),
    met: sqlite.prepare(`
      WITH fixes (id) AS MATERIALIZED (SELECT id FROM lessons WHERE signature = @signature LIMIT ${MOST_OF_ERROR}),
      met (unit, at_ms) AS (
        SELECT unit, at_ms FROM (
          SELECT use.unit, use.at_ms, use.why FROM fixes CROSS JOIN lesson_uses use ON use.lesson_id = fixes.id
          LIMIT ${MOST_MET})
        WHERE why IN ('signature', 'made')
        UNION ALL SELECT task, at_ms FROM (
          SELECT source.task, source.at_ms FROM fixes CROSS JOIN lesson_sources source ON source.lesson_id = fixes.id
          LIMIT ${MOST_MET}))
      SELECT (SELECT count(*) FROM (SELECT 1 FROM lessons WHERE signature = @signature LIMIT ${MOST_COUNTED})) AS lessons,
        count(DISTINCT unit) AS met, max(at_ms) AS lastMetMs FROM met`),
    countIn: sqlite
      .prepare(`SELECT count(*) FROM (SELECT 1 FROM lessons WHERE place IS @place LIMIT ${MOST_COUNTED})`)
      .pluck(),
    // Leaps from place to place in the index, so it reads as many entries as there are places.
    places: sqlite
      .prepare(`
        WITH RECURSIVE one (place) AS (
          SELECT min(place) FROM lessons
          UNION ALL SELECT (SELECT min(place) FROM lessons WHERE place > one.place) FROM one WHERE one.place IS NOT NULL
          LIMIT ${MOST_PLACES})
        SELECT place FROM one WHERE place IS NOT NULL`)
      .pluck(),
  };
}
