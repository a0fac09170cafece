/** Names and fingerprints of a text, without its comments and imports. */
import { hash32 } from "@/core/insights/hash";

/** From and to which character. */
export type Range = readonly [start: number, end: number];

const TOKEN = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;
const NAME_START = /^[\p{L}_$]/u;
/** Names that are shorter are seldom unique, and are not looked for. */
const SHORTEST_NAME = 2;

/** Tokens of one fingerprint, and fingerprints of which one is chosen: what is alike for 40 tokens is found. */
const GRAM = 25;
const WINDOW = 16;
const BASE = 0x01000193;
const MOST_TOKENS = 60_000;

interface Token {
  hash: number;
  line: number;
}

/**
 * Returns how often each name stands in the text, and its fingerprints by winnowing (Schleimer, Wilkerson and Aiken:
 * "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003).
 */
export function tokensOf(
  text: string,
  { blanked, imports }: { blanked: readonly Range[]; imports: readonly Range[] },
): { names: Map<string, number>; prints: Uint32Array } {
  const names = new Map<string, number>();
  const tokens: Token[] = [];
  const isImport = within(imports);
  let line = 1;
  let counted = 0;
  for (const { 0: token, index } of without(text, blanked).matchAll(TOKEN)) {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < index; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    if (token.length >= SHORTEST_NAME && NAME_START.test(token)) names.set(token, (names.get(token) ?? 0) + 1);
    if (tokens.length < MOST_TOKENS && !isImport(index)) tokens.push({ hash: hash32(token), line });
  }
  return { names, prints: Uint32Array.from(winnowed(tokens)) };
}

/** Returns the text with blanks in the place of ranges, so that each other character stays where it is. */
function without(text: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start < from) continue;
    parts.push(text.slice(from, start), " ".repeat(end - start));
    from = end;
  }
  return parts.join("") + text.slice(from);
}

/** Returns whether positions lie in one of the ranges; asked in rising order. */
function within(ranges: readonly Range[]): (at: number) => boolean {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  let next = 0;
  return (at) => {
    while ((sorted[next]?.[1] ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    return (sorted[next]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
  };
}

function winnowed(tokens: readonly Token[]): number[] {
  const grams = gramsOf(tokens);
  const chosen: number[] = [];
  let last = -1;
  for (let from = 0; from + WINDOW <= grams.length; from++) {
    let least = from;
    for (let at = from + 1; at < from + WINDOW; at++) if ((grams[at] ?? 0) <= (grams[least] ?? 0)) least = at;
    if (least === last) continue;
    last = least;
    chosen.push(grams[least] ?? 0, tokens[least]?.line ?? 0, tokens[least + GRAM - 1]?.line ?? 0);
  }
  return chosen;
}

/** Returns a rolling hash of each `GRAM` tokens in a row. */
function gramsOf(tokens: readonly Token[]): number[] {
  let highest = 1;
  for (let at = 1; at < GRAM; at++) highest = Math.imul(highest, BASE);
  const grams: number[] = [];
  let hash = 0;
  for (const [at, token] of tokens.entries()) {
    const leaving = tokens[at - GRAM];
    if (leaving) hash = (hash - Math.imul(leaving.hash, highest)) | 0;
    hash = (Math.imul(hash, BASE) + token.hash) | 0;
    // Mixed, so that the least hash is not the one that begins with the least token.
    if (at >= GRAM - 1) grams.push(Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0);
  }
  return grams;
}
