/** Bounds the JSON of strangers before it is parsed: its length, its depth, and the number of its values. */

export interface JsonBounds {
  characters: number;
  depth: number;
  /** The keys and elements of all objects and lists together. */
  values: number;
}

/** Enough for the arguments of any call, and the body of any request. */
const JSON_BOUNDS: JsonBounds = { characters: 2_000_000, depth: 100, values: 50_000 };

/**
 * Returns part of a sentence that says which bound the text exceeds; null when it exceeds none. Reads each character
 * once, and parses nothing.
 */
export function beyondBounds(text: string, given: Partial<JsonBounds> = {}): string | null {
  const bounds = { ...JSON_BOUNDS, ...given };
  if (text.length > bounds.characters) return `it has ${text.length} characters; the limit is ${bounds.characters}`;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") depth -= 1;
    if (sign === "," || sign === "{" || sign === "[") values += 1;
    if (depth > bounds.depth) return `it is nested more than ${bounds.depth} levels deep`;
    if (values > bounds.values) return `it has more than ${bounds.values} values`;
  }
  return null;
}

/** Returns the index of the closing quotation mark, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
