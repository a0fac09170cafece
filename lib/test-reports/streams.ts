/** Tools that run a command in several packages put the package before each line: an output is then several. */

/** How they do it: `packages/a test: …`, `a:test: …`, `[a] …`, `a | …`. */
const MARKS: readonly RegExp[] = [
  /^([\w@./-]{1,100} [\w:.-]{1,60}): ?/,
  /^([\w@./-]{0,80}[A-Za-z][\w@./-]{0,80}:[\w:.-]{1,60}): /,
  /^(\[[\w@./:# -]{1,100}\]):? /,
  /^([\w@./-]{1,100}) {0,40}\| /,
];
/** Fewer lines with one mark are lines that look alike. */
const FEWEST_LINES = 3;

/** Returns the output, and beside it the lines of each mark without the mark. */
export function streamsIn(output: string): string[] {
  const marked = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    for (const mark of MARKS) {
      const found = mark.exec(line.slice(0, 300));
      const name = found?.[1];
      if (found === null || name === undefined || name.startsWith("[INFO") || name.startsWith("[ERROR")) continue;
      const lines = marked.get(name);
      if (lines) lines.push(line.slice(found[0].length));
      else marked.set(name, [line.slice(found[0].length)]);
      break;
    }
  }
  const streams = [...marked.values()].filter((lines) => lines.length >= FEWEST_LINES);
  return [output, ...streams.map((lines) => lines.join("\n"))];
}
