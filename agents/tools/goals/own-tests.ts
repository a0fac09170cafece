/** Tests inside the sources that they test, and therefore in the scope: the tests of the start have to stay. */

/** Where such tests begin, and what belongs to them. */
const RULES: readonly { files: RegExp; linesOf: (lines: readonly string[]) => string[] }[] = [
  { files: /\.rs$/, linesOf: (lines) => from(lines, /#\[cfg\([^\]]*\btest\b|#\[([\w:]+::)?test\b/) },
  { files: /\.([cm]?[jt]sx?|vue|svelte)$/, linesOf: (lines) => from(lines, /\bimport\.meta\.vitest\b/) },
  { files: /\.pyi?$/, linesOf: (lines) => examples(lines, /^\s*>>>\s/) },
  { files: /\.exs?$/, linesOf: (lines) => examples(lines, /^\s*iex(\(\d+\))?>/) },
];

/**
 * Whether tests of the start in a source were changed or removed. New ones may be added, and code around them may change.
 * `isNamed`: a command names the file, so its assertions decide too.
 */
export function changesOwnTests(path: string, before: string, after: string, isNamed: boolean): boolean {
  const rule = RULES.find(({ files }) => files.test(path));
  const linesOf = (text: string) => {
    const lines = text.split("\n");
    return isNamed ? trimmed(lines).filter((line) => ASSERTS.test(line)) : (rule?.linesOf(lines) ?? []);
  };
  return (
    loses(linesOf(before), linesOf(after)) ||
    (isNamed && rule !== undefined && changesOwnTests(path, before, after, false))
  );
}

const ASSERTS = /\b(assert\w*|expect|should)\b|\bt\.(is|deepEqual|true|false|throws|Fatal|Error)/;

/** Whether lines are missing, in their order. */
function loses(before: readonly string[], now: readonly string[]): boolean {
  let at = 0;
  for (const line of before) {
    while (at < now.length && now[at] !== line) at += 1;
    if (at === now.length) return true;
    at += 1;
  }
  return false;
}

function from(lines: readonly string[], begins: RegExp): string[] {
  const first = lines.findIndex((line) => begins.test(line));
  return first < 0 ? [] : trimmed(lines.slice(first));
}

/** Returns each example with what it expects, up to the next empty line or the end of the text around it. */
function examples(lines: readonly string[], begins: RegExp): string[] {
  let isInside = false;
  return trimmed(
    lines.filter((line) => {
      if (begins.test(line)) isInside = true;
      else if (line.trim() === "" || /"""|'''/.test(line)) isInside = false;
      return isInside;
    }),
  );
}

function trimmed(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}
