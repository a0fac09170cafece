/** Whether two proposals are alike: both change the same entry (or add one), with mostly the same words. Pure. */

/** A proposed body with the one that it would replace; null: a new entry. */
export interface Wanted {
  kind: string;
  name: string;
  before: unknown;
  after: unknown;
}

const ALIKE = 0.6;

/** A new entry under another name is still the same proposal, so its name does not count. */
export function areAlike(a: Wanted, b: Wanted): boolean {
  if (a.kind !== b.kind) return false;
  const areNew = a.before === null && b.before === null;
  if (!areNew && a.name !== b.name) return false;
  const [words, others] = [changedWords(a), changedWords(b)];
  const shared = [...words].filter((word) => others.has(word)).length;
  const all = words.size + others.size - shared;
  return all === 0 || shared / all >= ALIKE;
}

/** Returns the words of the lines that the proposal adds or removes, so that the rest of a long text does not count. */
function changedWords({ before, after }: Wanted): Set<string> {
  const [old, now] = [linesOf(before), linesOf(after)];
  const changed = [...old].filter((line) => !now.has(line)).concat([...now].filter((line) => !old.has(line)));
  return new Set(
    changed
      .join("\n")
      .toLowerCase()
      .match(/[\p{L}\p{N}_]{2,}/gu) ?? [],
  );
}

function linesOf(value: unknown): Set<string> {
  if (typeof value === "string") return new Set(value.split("\n").map((line) => line.trim()));
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...linesOf(item)]));
  if (typeof value !== "object" || value === null) return new Set();
  // The name of an entry is not part of its text.
  const texts = Object.entries(value).filter(([field]) => field !== "name");
  return new Set(texts.flatMap(([, item]) => [...linesOf(item)]));
}
