interface Described {
  name: string;
  description: string;
}

/** Returns the entries that share words with `needed`, best first. A word in the name counts four times as much. */
export function bestMatches<T extends Described>(needed: string, entries: T[], most: number): T[] {
  const words = new Set(wordsOf(needed));
  const scored = entries.map((entry) => {
    const named = needed.includes(entry.name) ? 100 : 0;
    const inName = wordsOf(entry.name).filter((word) => words.has(word)).length;
    const inText = new Set(wordsOf(entry.description).filter((word) => words.has(word))).size;
    return { entry, score: named + 4 * inName + inText };
  });
  return scored
    .filter((one) => one.score > 1)
    .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
    .slice(0, most)
    .map((one) => one.entry);
}

const COMMON = new Set(
  "the and for with that this what when how are was you your need needed tool tools into from have has can use".split(
    " ",
  ),
);

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return words.filter((word) => !COMMON.has(word)).map((word) => word.replace(/(ing|ed|s)$/, ""));
}
