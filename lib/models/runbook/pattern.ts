/**
 * Matches the patterns of runbooks. People and agents write them, so they run in RE2's engine, whose time grows with
 * the text alone: no pattern can hang the worker. It knows no look-around and no back-references.
 */
import { RE2JS, RE2JSSyntaxException } from "re2js";

/** Text is cut to this length before matching, so that one large output cannot block the runtime. */
const MAX_MATCHED_CHARS = 20_000;
/** The time for a text also grows with the pattern's instructions; a repeat such as `{1,900}` becomes many. */
const MAX_INSTRUCTIONS = 1_000;
const MAX_PATTERN_CHARS = 2_000;

/** A runbook is walked through from its start at each turn, so its patterns are compiled again and again. */
const compiled = new Map<string, RE2JS>();
const COMPILED_MAX = 500;

/** Returns the first match in the text, or null. Patterns ignore case. The pattern must have no `patternFault`. */
export function firstMatch(pattern: string, text: string): string | null {
  const matcher = compile(pattern).matcher(text.slice(0, MAX_MATCHED_CHARS));
  return matcher.find() ? matcher.group() : null;
}

/** Returns what is wrong with a pattern, as part of a sentence, or null. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > MAX_PATTERN_CHARS) return `the pattern is longer than ${MAX_PATTERN_CHARS} characters`;
  try {
    if (compile(pattern).programSize() <= MAX_INSTRUCTIONS) return null;
    return "the pattern is too large; use smaller numbers in its repeats";
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    if (hasLookAroundOrReference(pattern)) {
      return "the pattern uses look-around or a back-reference, which runbooks do not have; write it without";
    }
    return `the pattern is not valid: ${error.message}`;
  }
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(RE2JS.translateRegExp(pattern), RE2JS.CASE_INSENSITIVE);
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** Whether JavaScript would read the pattern, and the reason why RE2 does not is one of these. */
function hasLookAroundOrReference(pattern: string): boolean {
  return /\(\?<?[=!]|\\[1-9]|\\k</.test(pattern);
}
