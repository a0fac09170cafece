/** Finds lessons that may fit a task or answer a question: by the signature of an error, and by words (FTS5, BM25). */
import { OUTCOMES_OF_TRIAL } from "@/core/lessons/confidence";
import type { Sqlite } from "@/db/file/client";
import { belongingSql } from "./belonging";
import { LESSON_COLUMNS, lessonOfRow, type StoredLesson } from "./rows";
import { createVocabulary, MOST_OF_WORD } from "./vocabulary";

export interface LessonFinder {
  /** Returns live lessons for this error, those that were shown most first; with `here`, only those for its reader. */
  bySignature(signature: string, here?: Here): StoredLesson[];
  /** Returns live lessons with some of these words, the best fitting first; with `here`, only those for its reader. */
  byWords(words: readonly string[], here?: Here): StoredLesson[];
  /** Returns live lessons and candidates whose trigger or advice has these words: live ones first, then by what helped. */
  mentioning(
    words: readonly string[],
    among: MentionedAmong,
    limit: number,
  ): { lessons: StoredLesson[]; hasAll: boolean };
}

/** Returns the reader of lessons. It is asked for only if there may be lessons, because it takes a look at the log. */
type Here = () => { repository: string | null; agent: string };

/** `places`: lessons that apply in one of these or everywhere. `agent`: lessons that it has worked with lately. */
interface MentionedAmong {
  places: readonly string[] | null;
  agent: string | null;
}

/** Only the rarest words of a task are searched for, and at most this many lessons are ranked. */
const MOST_WORDS = 12;
const MOST_RANKED = 3_000;
const MOST_FOUND = 40;
/** Words that are known to be frequent. A word stays frequent, however many lessons are removed. */
const MOST_FREQUENT = 20_000;
/** Only the newest lessons with the words of a question are read, so that frequent words cost no more. */
const MOST_MENTIONS = 10_000;

/**
 * SQL condition for lessons that apply where their reader works, and that may be believed: when the outcomes are new, it
 * is those that helped more often than they harmed. It counts before the limit, so that other repositories' lessons and
 * doubted ones, however many, keep none away.
 */
const HERE = `
  (lesson.scope = 'everywhere' OR (lesson.scope = 'repository' AND lesson.place = @repository)
    OR (lesson.scope = 'agent' AND lesson.place = @agent))
  AND (lesson.helped > lesson.harmed
    OR (lesson.is_approved = 1 AND lesson.helped + lesson.harmed < ${OUTCOMES_OF_TRIAL}))`;

export function createLessonFinder(sqlite: Sqlite): LessonFinder {
  // The plus keeps SQLite from using the index of the status: for an unknown error it would read all live lessons.
  const isKnown = sqlite.prepare("SELECT 1 FROM lessons WHERE signature = ? AND +status = 'live' LIMIT 1");
  const ofSignature = (which: string) =>
    sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM lessons lesson WHERE signature = @signature AND +status = 'live' AND ${which}
      ORDER BY shown DESC, id LIMIT ${MOST_FOUND}`);
  const signature = { anywhere: ofSignature("true"), here: ofSignature(HERE) };
  const { counted } = createVocabulary(sqlite);
  const matching = (which: string) =>
    sqlite.prepare(`
      SELECT ${LESSON_COLUMNS} FROM lessons_fts found CROSS JOIN lessons lesson ON lesson.id = found.rowid
      WHERE lessons_fts MATCH @query AND lesson.status = 'live' AND ${which} ORDER BY found.rank LIMIT ${MOST_FOUND}`);
  const match = { anywhere: matching("true"), here: matching(HERE) };
  const mentions = (order: "rowid DESC" | "rank", most: number) =>
    sqlite.prepare(`
      SELECT ${LESSON_COLUMNS}
      FROM (SELECT rowid AS id FROM lessons_fts WHERE lessons_fts MATCH @query ORDER BY ${order} LIMIT ${most}) found
      CROSS JOIN lessons lesson ON lesson.id = found.id
      WHERE (@places IS NULL OR lesson.place IS NULL OR lesson.place IN (SELECT value FROM json_each(@places)))
        AND (@of IS NULL OR lesson.id IN (${belongingSql("agent")}))
      ORDER BY lesson.status = 'live' DESC, lesson.helped - lesson.harmed DESC, lesson.shown DESC, lesson.id LIMIT @limit`);
  const all = mentions("rowid DESC", MOST_MENTIONS);
  const some = mentions("rank", MOST_RANKED);
  const frequent = new Set<string>();
  const rare = (words: readonly string[]): string[] => {
    const known = counted(words.filter((word) => !frequent.has(word)));
    for (const { word, number } of known)
      if (number > MOST_OF_WORD && frequent.size < MOST_FREQUENT) frequent.add(word);
    const kept = known
      .filter(({ number }) => number <= MOST_OF_WORD)
      .sort((a, b) => a.number - b.number)
      .slice(0, MOST_WORDS);
    let ranked = 0;
    return kept.flatMap(({ word, number }) => {
      ranked += number;
      return ranked <= MOST_RANKED ? [word] : [];
    });
  };
  return {
    bySignature(of, here) {
      if (!here) return signature.anywhere.all({ signature: of }).map(lessonOfRow);
      // Few errors are known.
      if (isKnown.get(of) === undefined) return [];
      return signature.here.all({ signature: of, ...here() }).map(lessonOfRow);
    },
    byWords(words, here) {
      const told = rare(words);
      if (told.length === 0) return [];
      const query = `{trigger} : (${told.map(quoted).join(" OR ")})`;
      const rows = here ? match.here.all({ query, ...here() }) : match.anywhere.all({ query });
      return rows.map(lessonOfRow);
    },
    mentioning(words, { places, agent }, limit) {
      if (words.length === 0) return { lessons: [], hasAll: true };
      const given = { places: places && JSON.stringify(places), of: agent, limit };
      const whole = all.all({ ...given, query: words.map(quoted).join(" AND ") }).map(lessonOfRow);
      const told = whole.length > 0 || words.length === 1 ? [] : rare(words);
      if (told.length === 0) return { lessons: whole, hasAll: true };
      const partly = some.all({ ...given, query: told.map(quoted).join(" OR ") }).map(lessonOfRow);
      return { lessons: partly, hasAll: false };
    },
  };
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}
