/** The words by which a lesson and a task are compared. Pure. */

/** Words that say nothing about what a task is about. */
const COMMON = new Set(
  "about after again all also and any are because been before but can could does done each else first for from get give had has have her here his how into its just last less let like make many may might more most much must need new next not now off old one only other our out over own put run same see set should since some still such take task than that the their them then there these they thing this those through time under until use used uses very was way were what when where which while who whole why will with without work would you your".split(
    " ",
  ),
);

const LEAST_CHARS = 3;

/** Returns the words of a text as SQLite's tokenizer unicode61 reads them: letters and digits, in lower case, without marks. */
export function indexWords(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Returns the telling words of a text, as the index spells them, each once, in their order; at most `most`. */
export function wordsOf(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const words = new Set<string>();
  for (const word of indexWords(text)) {
    if (words.size >= most) break;
    if (word.length >= LEAST_CHARS && !COMMON.has(word)) words.add(word);
  }
  return [...words];
}

/** The share of a lesson's words that a task must have, so that one rare word alone is no match. */
const LEAST_SHARE = 0.6;
const LEAST_SHARED = 2;

/** Whether a task with these words is one that the lesson is for. */
export function fits(trigger: string, task: ReadonlySet<string>): boolean {
  const words = wordsOf(trigger);
  const shared = words.filter((word) => task.has(word)).length;
  return shared >= LEAST_SHARED && shared >= LEAST_SHARE * words.length;
}

/** How alike two texts are, from 0 to 1: shared words by all words (Jaccard). */
export function likeness(a: string, b: string): number {
  return likenessOfWords(new Set(wordsOf(a)), new Set(wordsOf(b)));
}

function likenessOfWords(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of left) if (right.has(word)) shared += 1;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all;
}

/** From this likeness on, two pieces of advice are near twins. */
export const TWINS_FROM = 0.8;

/** Whether texts with these words are near twins. */
export function areTwins(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  // Most texts differ so much in length that no word has to be compared.
  const [few, many] = [Math.min(left.size, right.size), Math.max(left.size, right.size)];
  return few >= TWINS_FROM * many && likenessOfWords(left, right) >= TWINS_FROM;
}
