/**
 * Redacts secrets in texts before they reach the database, a log line, a stream or a model: known values in plain form
 * and in base64, hexadecimal, URL and JSON encoding, also broken over lines, and text that looks like a common key. It
 * is a safety net and not a boundary: a command can encode a value in a way that is not covered.
 *
 * Values of fewer than eight characters are not redacted, because they would match ordinary words.
 */
import { createMatcher, type KnownValue, type Matcher } from "./matcher";
import { LEAST_SEARCHED } from "./needles";
import { type Found, openPatternAt } from "./patterns";

export interface Redactor {
  redact(text: string): string;
  /** Redacts every text in a JSON value; returns the same object when nothing matched. Field names do not change. */
  redactValue<T>(value: T): T;
  /** Returns a redactor for a text in chunks: its outputs together equal `redact` of the whole text. */
  redactStream(): RedactStream;
}

interface RedactStream {
  /** Returns the text that is safe to show so far. */
  push(chunk: string): string;
  /** Returns the rest. */
  end(): string;
}

export interface RedactorOptions {
  values(): Iterable<KnownValue>;
  /** Called at each use; a changed version reads the values again. Absent: they never change. */
  version?(): string;
}

/**
 * A word longer than this (a file in one line) is not held back completely, so an unknown key may slip through at the
 * cut.
 */
const MOST_KEPT_BACK = 65_536;
const KEPT_OF_LONG = 32_768;
/** A longer text is processed in pieces, to save memory. */
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
  const cleaned = entries.map(([name, item]) => [name, redactWithin(item, redact)] as const);
  if (cleaned.every(([, item], at) => item === entries[at]?.[1])) return value;
  return Array.isArray(value) ? cleaned.map(([, item]) => item) : Object.fromEntries(cleaned);
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

/**
 * Returns the last position up to `wanted` where a word begins and no match crosses, so that the text before it does
 * not depend on later text.
 */
function safeCut(text: string, found: Found[], wanted: number): number {
  for (let cut = wanted; ; ) {
    const next = wordAt(text, outside(found, cut));
    if (next === cut) return cut;
    cut = next;
  }
}

/**
 * Moves a position before the matches that cross it. With `margin` 0, a match that ends at the position counts as
 * crossing, because the next match may directly follow and be merged with it.
 */
function outside(found: Found[], place: number, margin = 0): number {
  let cut = place;
  for (const { from, end } of [...found].reverse()) if (from < cut && end >= cut + margin) cut = from;
  return cut;
}

/** Returns where the word at a position begins. Patterns are ASCII, so every other character separates words too. */
function wordAt(text: string, place: number): number {
  let at = place;
  while (at > 0 && !isBoundary(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isBoundary(unit: number): boolean {
  return unit <= 32 || unit >= 128;
}

/** Returns the text up to `length`, with matches replaced by their names. */
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

/** Merges overlapping matches, and adjacent pieces of one value. */
function merged(found: Found[]): Found[] {
  const spans: Found[] = [];
  for (const match of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = spans.at(-1);
    if (last && (match.start < last.end || (match.start === last.end && match.name === last.name)))
      last.end = Math.max(last.end, match.end);
    else spans.push({ ...match });
  }
  return spans;
}
