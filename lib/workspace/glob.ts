import { WorkspaceError } from "./path";

/** Matches a path below a folder, given as path segments. */
export type Glob = (names: readonly string[]) => boolean;

const ALTERNATIVES_MAX = 256;

/**
 * Compiles a pattern of `*`, `?`, `[a-z]`, `[!a-z]`, `**` for any number of folders, `{a,b}`, and `\` before a literal
 * character. A pattern without `/` matches the last name alone. Patterns come from models and repositories, so they are
 * not turned into regular expressions: the time is at most the pattern's length times the path's, squared. Throws a
 * `WorkspaceError` with one sentence.
 */
export function compileGlob(pattern: string): Glob {
  if (pattern.includes("\0")) throw new WorkspaceError("The pattern contains a NUL character; remove it.");
  const patterns = expandBraces(pattern).map((expanded) => ({
    names: splitNames(expanded.replace(/^\.?\//, "")),
    isName: !expanded.includes("/"),
  }));
  return (names) => patterns.some((pattern) => matchNames(pattern.names, pattern.isName ? names.slice(-1) : names));
}

/** Returns whether one of the patterns matches a path, given with "/" between its names. Throws as `compileGlob` does. */
export function compileGlobs(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map(compileGlob);
  return (path) => {
    const names = path.split("/");
    return globs.some((glob) => glob(names));
  };
}

/** Returns the names of a pattern between its slashes, without empty ones. */
export function splitNames(pattern: string): string[] {
  return pattern.split("/").filter((name) => name !== "");
}

/** Whether names match patterns one by one, where the pattern `**` matches any number of names. */
export function matchNames(patterns: readonly string[], names: readonly string[]): boolean {
  return matchSequence(
    patterns.length,
    names.length,
    (at) => patterns[at] === "**",
    (at, nameAt) => matchName(patterns[at] ?? "", names[nameAt] ?? ""),
  );
}

/** Whether one name matches a pattern without slashes. A `*` matches any characters, leading dots included. */
export function matchName(pattern: string, name: string): boolean {
  const tokens = tokensOf(pattern);
  const characters = [...name];
  return matchSequence(
    tokens.length,
    characters.length,
    (at) => tokens[at] === "star",
    (at, characterAt) => {
      const token = tokens[at];
      return typeof token === "function" && token(characters[characterAt] ?? "");
    },
  );
}

/**
 * The classic wildcard match: on a mismatch, only the last star takes one more item, because an earlier star could do
 * no better.
 */
function matchSequence(
  patternLength: number,
  length: number,
  isStar: (at: number) => boolean,
  matches: (at: number, itemAt: number) => boolean,
): boolean {
  let at = 0;
  let itemAt = 0;
  let star = -1;
  let starTook = 0;
  while (itemAt < length) {
    if (at < patternLength && isStar(at)) {
      star = at;
      starTook = itemAt;
      at += 1;
    } else if (at < patternLength && matches(at, itemAt)) {
      at += 1;
      itemAt += 1;
    } else if (star >= 0) {
      starTook += 1;
      itemAt = starTook;
      at = star + 1;
    } else return false;
  }
  while (at < patternLength && isStar(at)) at += 1;
  return at === patternLength;
}

type Token = "star" | ((character: string) => boolean);

const tokenCache = new Map<string, Token[]>();
const TOKEN_CACHE_MAX = 5_000;

function tokensOf(pattern: string): Token[] {
  const known = tokenCache.get(pattern);
  if (known) return known;
  const characters = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (tokens.at(-1) !== "star") tokens.push("star");
    } else if (character === "?") tokens.push(() => true);
    else if (character === "[") {
      const { test, end } = characterClass(characters, at);
      tokens.push(test);
      at = end;
    } else {
      if (character === "\\" && at + 1 < characters.length) at += 1;
      const literal = characters[at];
      tokens.push((other) => other === literal);
    }
  }
  if (tokenCache.size >= TOKEN_CACHE_MAX) tokenCache.clear();
  tokenCache.set(pattern, tokens);
  return tokens;
}

/** A class without an end is the literal character `[`. */
function characterClass(
  characters: readonly string[],
  start: number,
): { test: (other: string) => boolean; end: number } {
  const isNegated = characters[start + 1] === "!" || characters[start + 1] === "^";
  const first = start + (isNegated ? 2 : 1);
  const end = characters.indexOf("]", first + 1);
  if (end === -1) return { test: (other) => other === "[", end: start };
  const ranges: [string, string][] = [];
  for (let at = first; at < end; at++) {
    if (characters[at] === "\\" && at + 1 < end) at += 1;
    const from = characters[at] ?? "";
    const isRange = characters[at + 1] === "-" && at + 2 < end;
    ranges.push([from, isRange ? (characters[at + 2] ?? "") : from]);
    if (isRange) at += 2;
  }
  return { test: (other) => ranges.some(([from, to]) => other >= from && other <= to) !== isNegated, end };
}

/** Expands `a{b,c}d` to `abd` and `acd`. Braces without a comma, or without an end, are literal. */
function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = firstGroup(next);
    if (group === null) done.push(next);
    else {
      const { start, end, parts } = group;
      for (const part of parts.reverse()) open.push(next.slice(0, start) + part + next.slice(end + 1));
    }
    if (done.length + open.length > ALTERNATIVES_MAX) {
      throw new WorkspaceError(`The pattern expands to more than ${ALTERNATIVES_MAX} alternatives; use fewer braces.`);
    }
  }
  return done;
}

/** Returns the first innermost closed group with a comma at its own level. */
function firstGroup(pattern: string): { start: number; end: number; parts: string[] } | null {
  const starts: { at: number; commas: number[] }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at += 1;
    else if (character === "{") starts.push({ at, commas: [] });
    else if (character === ",") starts.at(-1)?.commas.push(at);
    else if (character === "}") {
      const group = starts.pop();
      if (!group || group.commas.length === 0) continue;
      const cuts = [group.at, ...group.commas, at];
      const parts = cuts.slice(1).map((cut, index) => pattern.slice((cuts[index] ?? 0) + 1, cut));
      return { start: group.at, end: at, parts };
    }
  }
  return null;
}
