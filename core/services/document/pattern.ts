/** Makes a text that a plain regular expression matches, without ever running the expression, which is a stranger's. */

const MOST_CHARACTERS = 200;
const CLASSES: Record<string, string> = { d: "0", w: "a", s: " ", D: "a", W: "-", S: "a" };
const LITERAL = /[^\\()[\]{}|*+?.^$]/;

interface Reading {
  pattern: string;
  at: number;
}

/** Returns null for an expression with parts that this does not know, such as looking ahead. */
export function textOfPattern(pattern: string): string | null {
  const reading = { pattern, at: 0 };
  const text = alternatives(reading);
  return text !== null && reading.at === pattern.length && text.length <= MOST_CHARACTERS ? text : null;
}

/** Takes the first of the alternatives, and passes over the others. */
function alternatives(reading: Reading): string | null {
  const first = sequence(reading);
  while (first !== null && reading.pattern[reading.at] === "|") {
    reading.at += 1;
    if (sequence(reading) === null) return null;
  }
  return first;
}

function sequence(reading: Reading): string | null {
  let text = "";
  while (reading.at < reading.pattern.length && !"|)".includes(reading.pattern.charAt(reading.at))) {
    const atom = atomOf(reading);
    if (atom === null) return null;
    text += atom.repeat(timesOf(reading, text.length));
    if (text.length > MOST_CHARACTERS) return null;
  }
  return text;
}

function atomOf(reading: Reading): string | null {
  const { pattern } = reading;
  const sign = pattern.charAt(reading.at);
  reading.at += 1;
  if (sign === "^" || sign === "$") return "";
  if (sign === ".") return "a";
  if (sign === "\\") {
    const escaped = pattern.charAt(reading.at);
    reading.at += 1;
    if (/[A-Za-z0-9]/.test(escaped)) return CLASSES[escaped] ?? null;
    return escaped === "" ? null : escaped;
  }
  if (sign === "[") return classOf(reading);
  if (sign === "(") return groupOf(reading);
  return LITERAL.test(sign) ? sign : null;
}

function groupOf(reading: Reading): string | null {
  if (reading.pattern.startsWith("?:", reading.at)) reading.at += 2;
  else if (reading.pattern.charAt(reading.at) === "?") return null;
  const text = alternatives(reading);
  if (reading.pattern.charAt(reading.at) !== ")") return null;
  reading.at += 1;
  return text;
}

/** Returns the first character of a class such as `[a-z0-9]`. */
function classOf(reading: Reading): string | null {
  const end = /^(?:\\.|[^\]\\])+\]/.exec(reading.pattern.slice(reading.at));
  if (!end) return null;
  const [whole] = end;
  reading.at += whole.length;
  if (whole.startsWith("^")) return ["a", "0", "-", "A"].find((one) => !whole.includes(one)) ?? null;
  if (whole.startsWith("\\"))
    return CLASSES[whole.charAt(1)] ?? (/[A-Za-z0-9]/.test(whole.charAt(1)) ? null : whole.charAt(1));
  return whole.charAt(0);
}

/** Returns how often the atom before it is repeated: as seldom as allowed, but once if that may be. */
function timesOf(reading: Reading, before: number): number {
  const found = /^(?:([*+?])|\{(\d{1,4})(,\d{0,4})?\})\??/.exec(reading.pattern.slice(reading.at));
  if (!found) return 1;
  reading.at += found[0].length;
  const least = found[2] === undefined ? 1 : Number(found[2]);
  return Math.min(Math.max(least, found[3] === undefined ? least : 1), MOST_CHARACTERS - before + 1);
}
