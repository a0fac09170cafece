/** Text is cut to this length before matching, so that one large output cannot block the runtime. */
const MAX_MATCHED_CHARS = 20_000;

/** Returns the first match in the text, or null. Patterns ignore case. */
export function firstMatch(pattern: string, text: string): string | null {
  return new RegExp(pattern, "iu").exec(text.slice(0, MAX_MATCHED_CHARS))?.[0] ?? null;
}

/**
 * Returns what is wrong with a pattern, or null. Nested repeats are refused, because matching them can take forever.
 */
export function patternFault(pattern: string): string | null {
  try {
    new RegExp(pattern, "iu");
  } catch (error) {
    return `the pattern is not valid: ${(error as Error).message}`;
  }
  return hasNestedRepeat(pattern) ? "the pattern repeats a group that contains a repeat, which can take forever" : null;
}

function hasNestedRepeat(pattern: string): boolean {
  const plain = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
  const repeatsInside: boolean[] = [];
  for (let at = 0; at < plain.length; at++) {
    const char = plain[at] ?? "";
    const repeats = /^(?:[*+]|\{\d+,)/.test(plain.slice(at + 1));
    if (char === "(") repeatsInside.push(false);
    else if (char === ")") {
      const inner = repeatsInside.pop() ?? false;
      if (inner && repeats) return true;
      if ((inner || repeats) && repeatsInside.length > 0) repeatsInside[repeatsInside.length - 1] = true;
    } else if (repeats && repeatsInside.length > 0) repeatsInside[repeatsInside.length - 1] = true;
  }
  return false;
}
