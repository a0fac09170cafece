/** How many lessons have a word, counted in the search index. */
import type { Sqlite } from "@/db/file/client";

export interface Vocabulary {
  /**
   * Returns the words that occur in lessons, as the index spells them, each with its number of occurrences. Counting
   * stops at one more than `MOST_OF_WORD`.
   */
  counted(words: readonly string[]): { word: string; number: number }[];
}

/** Words that occur more often say too little, and would make each search long. */
export const MOST_OF_WORD = 1_000;

export function createVocabulary(sqlite: Sqlite): Vocabulary {
  sqlite.exec(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.lesson_words USING fts5vocab('main', 'lessons_fts', 'instance')",
  );
  // One statement for all words, because opening the vocabulary costs more than looking up a word. It stops counting
  // where a word is too frequent, so its cost has a bound.
  const count = sqlite.prepare(`
    SELECT word.value AS word,
      (SELECT count(*) FROM (SELECT 1 FROM temp.lesson_words WHERE term = word.value LIMIT ${MOST_OF_WORD + 1})) AS number
    FROM json_each(?) word`);
  return {
    counted: (words) =>
      (count.all(JSON.stringify(words)) as { word: string; number: number }[]).filter(({ number }) => number > 0),
  };
}
