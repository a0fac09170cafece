/** Finds the results of an analysis that the base does not have. */
import type { Analysed } from "./sarif";

/** The results of one side, and its files. */
export interface AnalysedSide {
  results: readonly Analysed[];
  /** Returns null for a file or a line that the side does not have. */
  lineAt(path: string, line: number): string | null;
  has(path: string): boolean;
}

/**
 * Returns the head's results that have no counterpart on the base. Each result of the base stands for one of the head:
 * for one with a mark of the tool that no other result has, else for one of the same rule on a line with the same text,
 * in the same file or in another one if its file is gone. A suppressed result needs a suppressed one on the base, so a
 * change cannot silence what it brings along.
 */
export function newResults(head: AnalysedSide, base: AnalysedSide): Analysed[] {
  const used = new Set<Analysed>();
  const marks = marksOf(base.results);
  const headMarks = marksOf(head.results);
  const byText = listed(base.results, (result) => textKey(result, base, result.path));
  const gone = base.results.filter(({ path }) => path !== null && !head.has(path));
  const byTextAlone = listed(gone, (result) => textKey(result, base, null));

  const markedIn = (result: Analysed) =>
    markKeys(result)
      .filter((key) => headMarks.get(key)?.length === 1 && marks.get(key)?.length === 1)
      .flatMap((key) => marks.get(key) ?? [])
      .find((before) => !used.has(before) && (before.isSuppressed || !result.isSuppressed));
  const rounds: ((result: Analysed) => Analysed | undefined)[] = [
    markedIn,
    (result) => taken(byText, textKey(result, head, result.path), { result, used }),
    (result) => taken(byTextAlone, textKey(result, head, null), { result, used }),
  ];
  let left = [...head.results];
  for (const find of rounds) {
    left = left.filter((result) => {
      const before = find(result);
      if (before) used.add(before);
      return !before;
    });
  }
  return left;
}

/** A mark that several results have says nothing about which one it is: some tools write a constant. */
function marksOf(results: readonly Analysed[]): Map<string, Analysed[]> {
  const marks = new Map<string, Analysed[]>();
  for (const result of results)
    for (const key of markKeys(result)) marks.set(key, [...(marks.get(key) ?? []).slice(0, 1), result]);
  return marks;
}

function markKeys({ tool, rule, fingerprints }: Analysed): string[] {
  return fingerprints.map((mark) => JSON.stringify([tool, rule, mark]));
}

/** Suppressed results and others are apart. */
type Lists = Map<string, Analysed[]>;

function listed(results: readonly Analysed[], keyOf: (result: Analysed) => string): Lists {
  const lists: Lists = new Map();
  for (const result of results) {
    const key = `${result.isSuppressed} ${keyOf(result)}`;
    const list = lists.get(key);
    if (list) list.push(result);
    else lists.set(key, [result]);
  }
  return lists;
}

/** Takes a result out of the lists that nothing has used yet. */
function taken(
  lists: Lists,
  key: string,
  { result, used }: { result: Analysed; used: ReadonlySet<Analysed> },
): Analysed | undefined {
  for (const isSuppressed of result.isSuppressed ? [true] : [false, true]) {
    const list = lists.get(`${isSuppressed} ${key}`) ?? [];
    for (let before = list.pop(); before; before = list.pop()) if (!used.has(before)) return before;
  }
  return undefined;
}

function textKey({ tool, rule, path, line, message }: Analysed, { lineAt }: AnalysedSide, at: string | null): string {
  const text = path === null || line === null ? null : lineAt(path, line);
  return JSON.stringify([tool, rule, at, text === null ? message : text.trim()]);
}
