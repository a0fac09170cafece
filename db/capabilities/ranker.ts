/**
 * Ranks short texts by how well they fit a need: SQLite's FTS5 in memory, with stems of English words and BM25. The
 * score of BM25 says only which text is better; `fit` says whether a text fits at all.
 */
import Database from "better-sqlite3";

export interface RankedText {
  /** A word here counts four times as much. */
  name: string;
  text: string;
}

interface Ranked {
  /** Index of the text in the list. */
  index: number;
  /** The share of the need's words that the text has, rare words counting more: 0 to 1. */
  fit: number;
}

export interface Ranker {
  /** Returns the best texts, best first. A need without meaningful words fits nothing. */
  rank(need: string, most: number): Ranked[];
  close(): void;
}

const MOST_WORDS = 40;
/** Words of requests and of almost every description. */
const COMMON = new Set(
  (
    "a about after all also an and any are as at be been before but by can could do does each every for from get give " +
    "has have how i if in into is it its just like make me more must my need needed needs new no not of on one only or " +
    "our out over please should so some step such than that the their them then there these they this to tool tools up " +
    "use used uses using very was we what when where which while who will with without would you your"
  ).split(" "),
);

export function createRanker(texts: readonly RankedText[]): Ranker {
  const sqlite = new Database(":memory:");
  sqlite.exec("CREATE VIRTUAL TABLE texts USING fts5(name, text, tokenize = 'porter unicode61 remove_diacritics 2')");
  const insert = sqlite.prepare("INSERT INTO texts (rowid, name, text) VALUES (?, ?, ?)");
  sqlite.transaction(() => {
    for (const [index, { name, text }] of texts.entries()) insert.run(index + 1, plain(name), plain(text));
  })();
  const holding = sqlite.prepare("SELECT rowid FROM texts WHERE texts MATCH ?").pluck();
  const best = sqlite.prepare(`
    SELECT rowid AS id FROM texts WHERE texts MATCH @query ORDER BY bm25(texts, 4.0, 1.0), rowid LIMIT @most`);
  return {
    rank(need, most) {
      const words = wordsOf(need).slice(0, MOST_WORDS);
      if (words.length === 0) return [];
      const found = words.map((word) => new Set(holding.all(quoted(word)) as number[]));
      const weights = found.map(({ size }) => Math.log(1 + (texts.length - size + 0.5) / (size + 0.5)));
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      const query = words.map(quoted).join(" OR ");
      const rows = best.all({ query, most }) as { id: number }[];
      return rows.map(({ id }) => {
        const has = weights.reduce((sum, weight, at) => sum + (found[at]?.has(id) ? weight : 0), 0);
        return { index: id - 1, fit: all === 0 ? 0 : has / all };
      });
    },
    close: () => void sqlite.close(),
  };
}

/** Returns the text with its names split into words: `read_file`, `listPets` and `node.js` have two each. */
function plain(text: string): string {
  return text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/[_\-./]+/g, " ");
}

function wordsOf(need: string): string[] {
  const words =
    plain(need)
      .toLowerCase()
      .match(/[\p{L}\p{N}+#]+/gu) ?? [];
  return [...new Set(words.filter((word) => word.length > 1 && !COMMON.has(word)))];
}

/** The word in quotes, so that FTS5 reads any signs in it as text. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', "")}"`;
}
