/** Whether a change has dealt with an insight, by looks at the commits before and after it. Pure. */
import type { Insight } from "@/core/insights/insight";

/** An insight counts as dealt with when it is gone, or its score has fallen to this part. */
const FALLEN_TO = 2 / 3;

/** A function of a file that was changed. */
export interface SeenFunction {
  path: string;
  symbol: string;
  complexity: number;
  codeLines: number;
}

/** What a look found at one commit. */
export interface Seen {
  insights: readonly Insight[];
  /** In the files that were changed. */
  functions: readonly SeenFunction[];
}

interface Looks {
  base: Seen;
  head: Seen;
  /** The files that were changed. */
  changed: ReadonlySet<string>;
}

/** Returns what is left of an insight of the base: itself, or the like of it in its files and the changed ones; null: it is dealt with. */
export function leftOf(before: Insight, looks: Looks): Pick<Insight, "id" | "title"> | null {
  if (before.kind === "todo") return noteLeft(before, looks);
  return likeOf(before, looks) ?? movedHotspot(before, looks);
}

/** Who renames a function or moves it to another file has not dealt with it, though it has another id there. */
function likeOf(before: Insight, { base, head, changed }: Looks): Insight | null {
  const known = new Set(base.insights.map(({ id }) => id));
  // The rest of several copies may stand in files that were not changed.
  const about = new Set([...changed, before.path, ...before.places.map(({ path }) => path)]);
  const isLike = (one: Insight) =>
    one.kind === before.kind && !known.has(one.id) && about.has(one.path) && !wasAsBad(one, base, head);
  const left = head.insights.filter(({ score }) => score > before.score * FALLEN_TO);
  return left.find(({ id }) => id === before.id) ?? left.find(isLike) ?? null;
}

/** The second worst function of a file is told when the worst one is mended, and was there before. */
function wasAsBad({ path, symbol }: Insight, base: Seen, head: Seen): boolean {
  const is = (one: SeenFunction) => one.path === path && one.symbol === symbol;
  const [was, now] = [base.functions.find(is), head.functions.find(is)];
  return was !== undefined && now !== undefined && was.complexity >= now.complexity && was.codeLines >= now.codeLines;
}

/** A file that is moved has no history, and so no hotspot. */
function movedHotspot({ id, kind, title, path, symbol }: Insight, { base, head }: Looks) {
  if (kind !== "hotspot") return null;
  const was = base.functions.find((one) => one.path === path && one.symbol === symbol);
  const isThere = (one: SeenFunction) =>
    one.path !== path && one.symbol === symbol && one.complexity > (was?.complexity ?? 0) * FALLEN_TO;
  return was !== undefined && head.functions.some(isThere) ? { id, title } : null;
}

/** Notes are compared by their texts: whoever touches the line of a note makes it young, and so its score low. */
function noteLeft(before: Insight, { base, head, changed }: Looks): Insight | null {
  const notes = ({ insights }: Seen) => insights.filter(({ kind }) => kind === "todo");
  const same = (seen: Seen) => notes(seen).filter(({ shape }) => shape === before.shape);
  const [first] = same(head);
  if (first !== undefined && same(head).length >= same(base).length) return first;
  const texts = new Set(notes(base).map(({ shape }) => shape));
  return notes(head).find(({ path, shape }) => changed.has(path) && !texts.has(shape)) ?? null;
}
