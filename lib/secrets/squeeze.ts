/**
 * Squeezes a text: removes what encodings put between its characters. These are white space and line ends (as in base64
 * and hex dumps, also written as `
 * `), invisible characters, and `%41` for a character. Only local changes are made, so that a part of a text gives a
 * part of the result.
 */

/** Characters 9 to 13, and the space. */
const isBlank = (unit: number) => unit === 32 || (unit >= 9 && unit <= 13);
/** Invisible characters that join, separate or turn text around them; without them the text reads the same. */
const isUnseen = (unit: number) =>
  unit === 0xad ||
  unit === 0x34f ||
  unit === 0x61c ||
  unit === 0x180e ||
  (unit >= 0x200b && unit <= 0x200f) ||
  (unit >= 0x202a && unit <= 0x202e) ||
  (unit >= 0x2060 && unit <= 0x206f) ||
  (unit >= 0xfe00 && unit <= 0xfe0f) ||
  unit === 0xfeff;
const PERCENT = 37;
const BACKSLASH = 92;
const N = 110;
const R = 114;
const T = 116;

const HEX = new Int8Array(128).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}
const hexOf = (unit: number | undefined) => (unit === undefined || unit >= 128 ? -1 : (HEX[unit] as number));

export interface Squeezed {
  units: Uint16Array;
  length: number;
}

/**
 * Fills `places`, one element longer than the text, with the position of each unit of the result; the last element is
 * the end.
 */
export function squeeze(text: Uint16Array, places?: Uint32Array): Squeezed {
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const begins = at;
    let unit = text[at] as number;
    if (unit === PERCENT) unit = unescaped(text, at);
    at += widthOf(text, begins, unit);
    if (unit <= 32 && isBlank(unit)) continue;
    if (unit >= 0xad && isUnseen(unit)) continue;
    if (unit === BACKSLASH && at < text.length) {
      const next = unescaped(text, at);
      if (next === N || next === R || next === T) {
        at += widthOf(text, at, next);
        continue;
      }
    }
    units[length] = unit;
    if (places) places[length] = begins;
    length += 1;
  }
  if (places) places[length] = text.length;
  return { units, length };
}

/** Returns the unit at a position, either plain or written as `%41`. */
export function unescaped(text: Uint16Array, at: number): number {
  const unit = text[at] as number;
  if (unit !== PERCENT) return unit;
  const high = hexOf(text[at + 1]);
  const low = hexOf(text[at + 2]);
  return high < 0 || low < 0 ? unit : high * 16 + low;
}

/** Returns how many units `unit` occupies at that position. */
export function widthOf(text: Uint16Array, at: number, unit: number): number {
  return text[at] === PERCENT && (unit !== PERCENT || isWritten(text, at)) ? 3 : 1;
}

/** Whether the sign is written as `%25`. */
function isWritten(text: Uint16Array, at: number): boolean {
  return hexOf(text[at + 1]) >= 0 && hexOf(text[at + 2]) >= 0;
}
