/** Finds the parts of a text to redact: known values in every form, and text that looks like a key. */
import { formsOf, squeezedFormsOf } from "./needles";
import { type Found, findPatterns } from "./patterns";
import { createScanner, type Hit, unitsOf } from "./scan";
import { squeeze, unescaped, widthOf } from "./squeeze";

export interface KnownValue {
  /** The name that replaces the value. */
  name: string;
  value: string;
}

export interface Matcher {
  /** Returns matches by their beginning; they may overlap. `from` is where the text that identifies a match begins. */
  find(text: string): Found[];
  /**
   * Returns where a known value may begin that continues after the text's end; the text's length when there is none.
   */
  openAt(text: string): number;
}

/** A value broken over lines is found if it fits into this many characters. */
const MOST_SPAN = 8_192;

interface Side {
  forms: string[];
  names: string[];
  /** The length of the longest form. */
  most: number;
  find(units: Uint16Array, length: number): Hit[];
  isBeginning(text: string): boolean;
}

export function createMatcher(values: Iterable<KnownValue>): Matcher {
  const known = [...values];
  const asIs = sideOf(known, formsOf);
  const squeezed = sideOf(known, squeezedFormsOf);
  return {
    find(text) {
      const units = unitsOf(text);
      const found = findPatterns(text, units);
      for (const { start, end, needle } of asIs.find(units, units.length))
        found.push({ from: start, start, end, name: asIs.names[needle] as string });
      found.push(...findSqueezed(squeezed, units));
      return found.sort((a, b) => a.from - b.from || a.start - b.start || b.end - a.end);
    },
    openAt(text) {
      const open = openAt(asIs, text);
      const units = unitsOf(text);
      const places = new Uint32Array(units.length + 1);
      const thin = squeeze(units, places);
      const at = openAt(squeezed, textOf(thin.units, thin.length));
      const place = places[at] as number;
      return at < thin.length && text.length - place <= MOST_SPAN ? Math.min(open, place) : open;
    },
  };
}

function sideOf(known: KnownValue[], forms: (value: string) => string[]): Side {
  const names = new Map<string, string>();
  for (const { name, value } of known) for (const form of forms(value)) if (!names.has(form)) names.set(form, name);
  const all = [...names.keys()].sort();
  const scanner = createScanner(all.map(unitsOf));
  return {
    forms: all,
    names: all.map((form) => names.get(form) as string),
    most: all.reduce((most, form) => Math.max(most, form.length), 0),
    find: scanner.scan,
    isBeginning: (text) => isBeginning(all, text),
  };
}

/** Positions are computed only after a hit, because almost no text has one. */
function findSqueezed(side: Side, units: Uint16Array): Found[] {
  if (side.forms.length === 0) return [];
  const thin = squeeze(units);
  const hits = side.find(thin.units, thin.length);
  if (hits.length === 0) return [];
  const places = new Uint32Array(units.length + 1);
  squeeze(units, places);
  return hits.flatMap(({ start, end, needle }) => {
    const begins = places[start] as number;
    const ends = endOf(units, places, end);
    const name = side.names[needle] as string;
    return ends - begins > MOST_SPAN ? [] : [{ from: begins, start: begins, end: ends, name }];
  });
}

/** Returns the position after a match's last character; the white space behind it stays. */
function endOf(units: Uint16Array, places: Uint32Array, end: number): number {
  const last = places[end - 1] as number;
  return last + widthOf(units, last, unescaped(units, last));
}

function openAt(side: Side, text: string): number {
  for (let at = Math.max(0, text.length - side.most + 1); at < text.length; at += 1)
    if (side.isBeginning(text.slice(at))) return at;
  return text.length;
}

/** Whether an element of `sorted` begins with the text and is longer. */
function isBeginning(sorted: string[], text: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) <= text) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(text) ?? false;
}

function textOf(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, 0, length * 2).toString("utf16le");
}
