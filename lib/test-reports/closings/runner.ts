/** How the closing lines of a runner are read. */

/** What one run of a runner said at its end. */
export interface Reading {
  passed: number;
  failed: number;
  /** The runner says nothing when no test fails. */
  onlyWhenRed?: true;
}

/** `unknown`: the runner ran, but its output does not say how many tests passed. */
export type Readings = Reading[] | "unknown";

export interface Runner {
  name: string;
  /** Returns what each of its runs in an output said, from the lines that may matter. */
  read(lines: readonly string[]): Readings;
  /** Reads an output in which no runner is found otherwise, such as one that was cut. */
  alone?(lines: readonly string[]): Readings;
  /** Names a red test. It is tried on each line alone. */
  failing?: RegExp;
  /** Runners and formats whose output it repeats. */
  repeats?: readonly string[];
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Returns the number of a group; 0 where it is absent. */
export const numberOf = (groups: Groups, name: string): number => Number(groups[name] ?? 0);

/** Reads runs that say all in one line. The pattern has to match the whole line: a line of a log is no closing line. */
export function inOneLine(pattern: RegExp, read: (groups: Groups) => Reading): Runner["read"] {
  return (lines) =>
    lines.flatMap((line) => {
      const groups = pattern.exec(line)?.groups;
      return groups ? [read(groups)] : [];
    });
}

/** Returns readings of several forms, of which an output may hold each. */
export function anyOf(...reads: Runner["read"][]): Runner["read"] {
  return (lines) => {
    const all: Reading[] = [];
    for (const read of reads) {
      const readings = read(lines);
      if (readings === "unknown") return "unknown";
      all.push(...readings);
    }
    return all;
  };
}

/** Returns the number before each word of a list such as `1 failed | 4 passed`. */
export function partsOf(list: string, separator: RegExp): Map<string, number> {
  const parts = new Map<string, number>();
  for (const part of list.split(separator)) {
    const [, count, word] = /^(\d{1,9}) ([a-z ]+)$/.exec(part.trim()) ?? [];
    if (count !== undefined && word !== undefined) parts.set(word, Number(count));
  }
  return parts;
}

/** Returns what is left of all tests: errors outside of tests can make more red ones than tests that ran. */
export function passedOf(all: number, ...others: number[]): number {
  return Math.max(
    0,
    others.reduce((left, other) => left - other, all),
  );
}
