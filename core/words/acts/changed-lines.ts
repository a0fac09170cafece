/** Says which lines of a text a person has changed. Pure. */

/** Returns such as “line 2”, “lines 2 to 5” or “removed lines 3 to 4”; null when nothing has changed. */
export function changedLines(before: string, after: string): string | null {
  if (before === after) return null;
  const [was, is] = [before.split("\n"), after.split("\n")];
  const same = commonStart(was, is);
  const shorter = Math.min(was.length, is.length) - same;
  const tail = Math.min(shorter, commonStart([...was].reverse(), [...is].reverse()));
  const [first, last] = [same + 1, is.length - tail];
  return last < first ? `removed ${range(first, was.length - tail)}` : range(first, last);
}

function range(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}

function commonStart(some: readonly string[], others: readonly string[]): number {
  const at = some.findIndex((line, place) => line !== others[place]);
  return at < 0 ? some.length : at;
}
