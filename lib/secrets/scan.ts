/**
 * Finds many texts in another text in a single pass (Wu and Manber, 1994): a table says for two characters how far
 * ahead the next possible match can end, so most of the text is skipped.
 */

/** The table's index: the low bytes of two characters. */
const PAIRS = 65_536;
/** Longer shifts bring little, and this one fits into a byte. */
const MOST_WINDOW = 32;

export interface Hit {
  start: number;
  end: number;
  /** Index of the needle. */
  needle: number;
}

export interface Scanner {
  /** Returns every match, ordered by its beginning; at one beginning only the longest. */
  scan(text: Uint16Array, length: number): Hit[];
}

/** Returns a scanner for needles of UTF-16 code units, each at least two units long. */
export function createScanner(needles: readonly Uint16Array[]): Scanner {
  if (needles.length === 0) return { scan: () => [] };
  const window = needles.reduce((least, needle) => Math.min(least, needle.length), MOST_WINDOW);
  const shifts = new Uint8Array(PAIRS).fill(window - 1);
  const endings = new Map<number, number[]>();
  for (const [index, needle] of needles.entries()) {
    for (let at = 1; at < window; at += 1) {
      const pair = pairAt(needle, at);
      shifts[pair] = Math.min(shifts[pair] as number, window - 1 - at);
      if (at === window - 1) endings.set(pair, [...(endings.get(pair) ?? []), index]);
    }
  }
  // Longest first, so that the first fitting needle is the longest.
  for (const found of endings.values()) found.sort((a, b) => lengthOf(needles, b) - lengthOf(needles, a));

  return {
    scan(text, length) {
      const hits: Hit[] = [];
      for (let at = window - 1; at < length; ) {
        const pair = (((text[at - 1] as number) & 0xff) << 8) | ((text[at] as number) & 0xff);
        const shift = shifts[pair] as number;
        if (shift > 0) {
          at += shift;
          continue;
        }
        const start = at - window + 1;
        const needle = (endings.get(pair) ?? []).find((needle) =>
          isAt(text, length, start, needles[needle] as Uint16Array),
        );
        if (needle !== undefined) hits.push({ start, end: start + lengthOf(needles, needle), needle });
        at += 1;
      }
      return hits;
    },
  };
}

function pairAt(text: Uint16Array, at: number): number {
  return (((text[at - 1] as number) & 0xff) << 8) | ((text[at] as number) & 0xff);
}

function lengthOf(needles: readonly Uint16Array[], index: number): number {
  return (needles[index] as Uint16Array).length;
}

function isAt(text: Uint16Array, length: number, start: number, needle: Uint16Array): boolean {
  if (start + needle.length > length) return false;
  for (let at = 0; at < needle.length; at += 1) if (text[start + at] !== needle[at]) return false;
  return true;
}

/** Returns the UTF-16 code units of a text. */
export function unitsOf(text: string): Uint16Array {
  // Allocated separately, so that it starts at an even address.
  const bytes = Buffer.allocUnsafeSlow(text.length * 2);
  bytes.write(text, "utf16le");
  return new Uint16Array(bytes.buffer, 0, text.length);
}
