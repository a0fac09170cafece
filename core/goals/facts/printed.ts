/** What a program printed, for patterns that look at each line. */

/** Patterns may take quadratic time in a line, and a program can print a megabyte without ending one. */
const MOST_LINE_CHARS = 1_000;

/** Returns the lines, each cut. */
export function linesOf(output: string): string[] {
  return output.split("\n").map((line) => line.slice(0, MOST_LINE_CHARS));
}
