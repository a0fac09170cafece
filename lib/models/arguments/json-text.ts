/**
 * Reads the JSON that a model wrote as the arguments of a call. Text that has exactly one reading is read although it is not
 * quite JSON; where there are two, or none, the place is named.
 */

export type Read = { value: unknown } | { fault: string };

/** Returns the object that the text stands for, or what is wrong with it and where, as a sentence without a full stop. */
export function readArguments(text: string): Read {
  const read = readOnce(text);
  if ("fault" in read || typeof read.value !== "string" || !/^\s*\{/.test(read.value)) return read;
  // The object as a text within a text.
  const inner = readOnce(read.value);
  return "fault" in inner ? inner : { value: inner.value };
}

function readOnce(text: string): Read {
  const inner = withoutWrapping(text);
  if (inner.trim() === "") return { value: {} };
  try {
    const scan: Scan = { text: inner, at: 0, depth: 0 };
    return whole(scan);
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

class Fault extends Error {}

interface Scan {
  text: string;
  at: number;
  depth: number;
}

const FENCE = /^(`{3,}|~{3,})[\w-]*\s([\s\S]*)\1$/;
/** Marks of a model's own form that were left around a call, such as `<|im_end|>` or `</tool_call>`. */
const MARK = "(?:<\\|[\\w -]{1,40}\\|>|</?(?:tool_call|function_call|function|parameters?|arguments?|args|json|tool)>)";
const FIRST_MARK = new RegExp(`^${MARK}`);
const LAST_MARK = new RegExp(`${MARK}$`);
const MARK_CHARS = 48;

/** Returns the text without what only wraps it: a fence of Markdown, marks, a byte order mark. */
function withoutWrapping(text: string): string {
  let bare = text.replace(/^\uFEFF/, "").trim();
  for (;;) {
    const first = FIRST_MARK.exec(bare.slice(0, MARK_CHARS))?.[0] ?? "";
    const last = LAST_MARK.exec(bare.slice(-MARK_CHARS))?.[0] ?? "";
    if (first === "" && last === "") break;
    bare = bare.slice(first.length, Math.max(first.length, bare.length - last.length)).trim();
  }
  return FENCE.exec(bare)?.[2] ?? bare;
}

/** Reads all values of the text: one, or one among empty objects, or the same one several times. */
function whole(scan: Scan): Read {
  const values: { value: unknown; at: number }[] = [];
  for (skipSpace(scan); scan.at < scan.text.length; skipSpace(scan)) {
    const { at } = scan;
    // Closing brackets after a whole object close nothing.
    if (values.length > 0 && /^[\s}\]]*$/.test(scan.text.slice(at))) break;
    values.push({ value: valueAt(scan), at });
    skipSpace(scan);
    if (scan.text[scan.at] === ";" && scan.text.slice(scan.at + 1).trim() === "") scan.at += 1;
  }
  const told = values.filter(({ value }) => !isEmpty(value));
  const [first = values[0], ...others] = told;
  const other = others.find(({ value }) => JSON.stringify(value) !== JSON.stringify(first?.value));
  if (other)
    return {
      fault: `${placeOf(scan.text, other.at)} begins a second value that differs from the first: send one object`,
    };
  return { value: first?.value ?? {} };
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** Deeper than the arguments of any call. */
const MOST_DEPTH = 100;

function valueAt(scan: Scan): unknown {
  skipSpace(scan);
  const sign = scan.text[scan.at];
  if (sign === '"' || sign === "'") return stringAt(scan, sign);
  if (sign !== "{" && sign !== "[") return wordAt(scan);
  scan.depth += 1;
  if (scan.depth > MOST_DEPTH) throw fault(scan, "is nested too deep");
  const value = sign === "{" ? objectAt(scan) : listAt(scan);
  scan.depth -= 1;
  return value;
}

function objectAt(scan: Scan): Record<string, unknown> {
  const start = scan.at;
  const object: Record<string, unknown> = {};
  scan.at += 1;
  for (;;) {
    skipSpace(scan);
    if (take(scan, "}")) return object;
    const keyAt = scan.at;
    const key = keyOf(scan, start);
    skipSpace(scan);
    if (!take(scan, ":")) throw fault(scan, `should be a colon after ${JSON.stringify(key)}`);
    const value = valueAt(scan);
    if (Object.hasOwn(object, key) && JSON.stringify(object[key]) !== JSON.stringify(value)) {
      scan.at = keyAt;
      throw fault(scan, `gives ${JSON.stringify(key)} a second, different value`);
    }
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    skipSpace(scan);
    if (take(scan, ",") || scan.text[scan.at] === "}") continue;
    throw unclosed(scan, start, "{", "a comma or } should follow the value");
  }
}

function keyOf(scan: Scan, start: number): string {
  const sign = scan.text[scan.at];
  if (sign === '"' || sign === "'") return stringAt(scan, sign);
  const [name] = /^[A-Za-z_$][\w$-]*/.exec(scan.text.slice(scan.at, scan.at + 200)) ?? [];
  if (name === undefined) throw unclosed(scan, start, "{", "a key in double quotes should stand here");
  scan.at += name.length;
  return name;
}

function listAt(scan: Scan): unknown[] {
  const start = scan.at;
  const list: unknown[] = [];
  scan.at += 1;
  for (;;) {
    skipSpace(scan);
    if (take(scan, "]")) return list;
    if (scan.at >= scan.text.length) throw unclosed(scan, start, "[", "");
    list.push(valueAt(scan));
    skipSpace(scan);
    if (take(scan, ",") || scan.text[scan.at] === "]") continue;
    throw unclosed(scan, start, "[", "a comma or ] should follow the value");
  }
}

const ESCAPES: Record<string, string> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  "/": "/",
  "'": "'",
};

/** Reads a text. Line feeds and tabs may stand in it as they are, because nothing else can be meant. */
function stringAt(scan: Scan, quote: string): string {
  const start = scan.at;
  const { text } = scan;
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === quote) {
      scan.at = at + 1;
      return value;
    }
    if (sign !== "\\") {
      value += sign;
      continue;
    }
    const next = text[at + 1] ?? "";
    const hex = next === "u" ? /^[\da-fA-F]{4}/.exec(text.slice(at + 2, at + 6))?.[0] : undefined;
    if (hex !== undefined) value += String.fromCharCode(Number.parseInt(hex, 16));
    else if (ESCAPES[next] !== undefined) value += ESCAPES[next];
    else if (next !== "") {
      scan.at = at;
      throw fault(scan, `has \\${next}, which JSON does not know: write \\\\${next} for a backslash`);
    }
    at += hex === undefined ? 1 : 5;
  }
  throw new Fault(`the text that begins at ${placeOf(text, start)} has no closing quotation mark`);
}

/** Also as Python writes them. */
const WORDS: Record<string, unknown> = { true: true, false: false, null: null, True: true, False: false, None: null };

function wordAt(scan: Scan): unknown {
  const [word = ""] = /^[^\s,:[\]{}"']{1,400}/.exec(scan.text.slice(scan.at, scan.at + 400)) ?? [];
  if (Object.hasOwn(WORDS, word)) {
    scan.at += word.length;
    return WORDS[word];
  }
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)) {
    const number = Number(word);
    if (!Number.isFinite(number) || (/^-?\d+$/.test(word) && !Number.isSafeInteger(number)))
      throw fault(scan, `is a number that loses digits: send ${word.slice(0, 40)} as text`);
    scan.at += word.length;
    return number;
  }
  if (scan.at >= scan.text.length) throw new Fault("it ends before its value");
  throw fault(scan, "is no JSON value");
}

/** Spaces, and comments as JavaScript has them. */
const SPACE = /(?:[\s\uFEFF]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;

function skipSpace(scan: Scan): void {
  SPACE.lastIndex = scan.at;
  scan.at += SPACE.exec(scan.text)?.[0].length ?? 0;
}

function take(scan: Scan, sign: string): boolean {
  if (scan.text[scan.at] !== sign) return false;
  scan.at += 1;
  return true;
}

function unclosed(scan: Scan, start: number, sign: string, else_: string): Fault {
  if (scan.at >= scan.text.length)
    return new Fault(`it ends before the ${sign} of ${placeOf(scan.text, start)} is closed`);
  return new Fault(`at ${placeOf(scan.text, scan.at)}, ${else_}`);
}

function fault(scan: Scan, what: string): Fault {
  return new Fault(`${placeOf(scan.text, scan.at)} ${what}`);
}

const AROUND_CHARS = 24;

/** Returns a place as its character, line and surroundings: “character 12 (line 1, near `{"a": b`)”. */
function placeOf(text: string, at: number): string {
  const line = text.slice(0, at).split("\n").length;
  const near = text.slice(Math.max(0, at - AROUND_CHARS), at + AROUND_CHARS).replace(/\s+/g, " ");
  return `character ${at + 1} (line ${line}, near \`${near}\`)`;
}
