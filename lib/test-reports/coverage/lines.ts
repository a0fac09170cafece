/** Which lines of each file tests reach. */
export interface Coverage {
  /** Of lines; in Go of statements, as its own tool counts. */
  total: number;
  covered: number;
  /** By the path that the report gives; whether each line is reached. Empty where the report has only sums. */
  files: ReadonlyMap<string, ReadonlyMap<number, boolean>>;
}

const MOST_LINES = 5_000_000;
const MOST_LINE_NUMBER = 10_000_000;

/** Collects the lines of a report. A line that is named twice is reached if one of them says so. */
export class Lines {
  readonly files = new Map<string, Map<number, boolean>>();
  private count = 0;

  add(file: string, line: number, isReached: boolean): void {
    if (!Number.isInteger(line) || line < 1 || line > MOST_LINE_NUMBER) throw new Error("a line has no number");
    const lines = this.files.get(file) ?? new Map<number, boolean>();
    this.files.set(file, lines);
    if (!lines.has(line)) this.count += 1;
    if (this.count > MOST_LINES) throw new Error("it has too many lines");
    lines.set(line, isReached || (lines.get(line) ?? false));
  }

  /** Names a file that may have no lines. */
  open(file: string): void {
    if (!this.files.has(file)) this.files.set(file, new Map());
  }

  coverage(): Coverage {
    let covered = 0;
    for (const lines of this.files.values()) for (const isReached of lines.values()) if (isReached) covered += 1;
    return { total: this.count, covered, files: this.files };
  }
}

/** Throws for what is no whole number of at least 0. */
export function countIn(text: unknown): number {
  const count = typeof text === "string" && text.trim() !== "" ? Number(text) : text;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0) throw new Error("a count is no number");
  return count;
}
