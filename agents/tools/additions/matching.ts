interface Described {
  name: string;
  description: string;
}

interface Named {
  name: string;
  /** For a server: its tools, by the names that agents call. */
  tools?: string[];
}

/**
 * Returns the entries that `needed` names. A name that is one plain word (`notes`) counts only between quotation marks
 * or in a text of nothing but names, because it can stand in any sentence.
 */
export function namedIn<T extends Named>(needed: string, entries: readonly T[]): T[] {
  const words = new Set(needed.match(/[\p{L}\p{N}_-]+/gu) ?? []);
  const quoted = new Set([...needed.matchAll(/[`"'“]([\p{L}\p{N}_-]+)[`"'”]/gu)].map((match) => match[1]));
  const all = new Set(entries.flatMap((entry) => namesOf(entry)));
  const isList = [...words].every((word) => all.has(word));
  return entries.filter((entry) =>
    namesOf(entry).some((name) => words.has(name) && (isList || quoted.has(name) || /[_-]/.test(name))),
  );
}

function namesOf({ name, tools = [] }: Named): string[] {
  return [name, ...tools];
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
    .filter((match) => match.score > 1)
    .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
    .slice(0, most)
    .map((match) => match.entry);
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
