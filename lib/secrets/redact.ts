/**
 * Takes secrets out of texts before they reach the database, a log line, a stream or a model: known values as they are, in
 * base64, hexadecimal, URL and JSON encoding, also broken over lines, and what usual keys look like. It is a net and not
 * a boundary: whoever may run commands can encode a value in a way that nobody thought of.
 *
 * Values of fewer than eight characters are not looked for: they would be found in words of every text.
 */
import { createMatcher, type KnownValue, type Matcher } from "./matcher";
import { LEAST_SEARCHED } from "./needles";
import { type Found, openPatternAt } from "./patterns";

export interface Redactor {
  redact(text: string): string;
  /** Every text in a value of JSON; the same object when there is nothing to take out. Names of fields stay. */
  redactValue<T>(value: T): T;
  /** For a text that comes in pieces: what comes out is, put together, what `redact` makes of the whole. */
  redactStream(): RedactStream;
}

export interface RedactStream {
  /** Answers what is safe to show by now. */
  push(chunk: string): string;
  /** The rest. */
  end(): string;
}

export interface RedactorOptions {
  values(): Iterable<KnownValue>;
  /** Asked each time; the values are read again when it differs. Absent: they never change. */
  version?(): string;
}

/** A word without an end (a file in one line) is not kept back as a whole; then a key of nobody we know may slip through where it is cut. */
const MOST_KEPT_BACK = 65_536;
const KEPT_OF_LONG = 32_768;
/** A longer text is gone through in pieces, so that it takes no multiple of its memory. */
const MOST_AT_ONCE = 4_194_304;

export function createRedactor({ values, version = () => "" }: RedactorOptions): Redactor {
  let matcher: Matcher | null = null;
  let seen = "";
  const current = (): Matcher => {
    const now = version();
    if (!matcher || now !== seen) matcher = createMatcher(values());
    seen = now;
    return matcher;
  };
  const redact = (text: string): string => {
    if (text.length < LEAST_SEARCHED) return text;
    if (text.length > MOST_AT_ONCE) return inPieces(text, redactStream(current));
    return replaced(text, text.length, current().find(text));
  };
  return {
    redact,
    redactValue: (value) => redactWithin(value, redact) as typeof value,
    redactStream: () => redactStream(current),
  };
}

function inPieces(text: string, stream: RedactStream): string {
  let result = "";
  for (let at = 0; at < text.length; at += MOST_AT_ONCE / 4)
    result += stream.push(text.slice(at, at + MOST_AT_ONCE / 4));
  return result + stream.end();
}

function redactWithin(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const cleaned = entries.map(([name, one]) => [name, redactWithin(one, redact)] as const);
  if (cleaned.every(([, one], at) => one === entries[at]?.[1])) return value;
  return Array.isArray(value) ? cleaned.map(([, one]) => one) : Object.fromEntries(cleaned);
}

function redactStream(current: () => Matcher): RedactStream {
  let kept = "";
  return {
    push(chunk) {
      kept += chunk;
      const matcher = current();
      const found = matcher.find(kept);
      let cut = safeCut(kept, found, Math.min(matcher.openAt(kept), openPatternAt(kept), wordAt(kept, kept.length)));
      if (kept.length - cut > MOST_KEPT_BACK) cut = outside(found, kept.length - KEPT_OF_LONG, 1);
      const safe = replaced(kept, cut, found);
      kept = kept.slice(cut);
      return safe;
    },
    end() {
      const rest = replaced(kept, kept.length, current().find(kept));
      kept = "";
      return rest;
    },
  };
}

/** The last place up to `wanted` at which a word begins and no match lies across: nothing before it depends on what follows. */
function safeCut(text: string, found: Found[], wanted: number): number {
  for (let cut = wanted; ; ) {
    const next = wordAt(text, outside(found, cut));
    if (next === cut) return cut;
    cut = next;
  }
}

/** `beyond`: 0, and a match that ends there counts as across: another one may follow, and both are shown as one. */
function outside(found: Found[], place: number, beyond = 0): number {
  let cut = place;
  for (const { from, end } of [...found].reverse()) if (from < cut && end >= cut + beyond) cut = from;
  return cut;
}

/** Where the word begins in which the place lies. Patterns are ASCII, so that any other character parts words too. */
function wordAt(text: string, place: number): number {
  let at = place;
  while (at > 0 && !isBoundary(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isBoundary(unit: number): boolean {
  return unit <= 32 || unit >= 128;
}

/** The text up to `length`, with the names in the place of what was found there. */
function replaced(text: string, length: number, found: Found[]): string {
  const spans = merged(found);
  let result = "";
  let at = 0;
  for (const { start, end, name } of spans) {
    if (start >= length) break;
    result += `${text.slice(at, start)}[redacted: ${name}]`;
    at = end;
  }
  return at === 0 ? text.slice(0, length) : result + text.slice(at, Math.max(at, length));
}

/** Overlapping matches, and pieces of one value that follow each other, are one. */
function merged(found: Found[]): Found[] {
  const spans: Found[] = [];
  for (const one of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = spans.at(-1);
    if (last && (one.start < last.end || (one.start === last.end && one.name === last.name)))
      last.end = Math.max(last.end, one.end);
    else spans.push({ ...one });
  }
  return spans;
}
