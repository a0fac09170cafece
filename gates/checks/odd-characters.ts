/** Characters that make a text mean something other than it shows. */

interface OddCharacter {
  /** Counted from 0, in UTF-16 units. */
  index: number;
  name: string;
}

/** First and last code point, and the name of the group with its article. */
const GROUPS: readonly [number, number, string][] = [
  [0x00, 0x08, "a control character"],
  [0x0b, 0x0b, "a control character"],
  [0x0e, 0x1f, "a control character"],
  [0x7f, 0x9f, "a control character"],
  [0xad, 0xad, "an invisible character"],
  [0x61c, 0x61c, "a bidirectional control"],
  [0x115f, 0x1160, "an invisible character"],
  [0x180e, 0x180e, "an invisible character"],
  [0x200b, 0x200d, "an invisible character"],
  [0x200e, 0x200f, "a bidirectional control"],
  [0x2028, 0x2029, "an invisible line break"],
  [0x202a, 0x202e, "a bidirectional control"],
  [0x2060, 0x2065, "an invisible character"],
  [0x2066, 0x2069, "a bidirectional control"],
  [0x206a, 0x206f, "an invisible character"],
  [0x3164, 0x3164, "an invisible character"],
  [0xfe00, 0xfe0e, "an invisible character"],
  [0xfeff, 0xfeff, "an invisible character"],
  [0xffa0, 0xffa0, "an invisible character"],
  [0xfff9, 0xfffb, "an invisible character"],
  [0xe0000, 0xe0fff, "an invisible character"],
];
const [FIRST_JOINER, LAST_JOINER] = [0x200c, 0x200d];
const ASCII_END = 0x80;

export function oddCharacters(text: string): OddCharacter[] {
  const found: OddCharacter[] = [];
  for (let index = 0; index < text.length; ) {
    const code = text.codePointAt(index) ?? 0;
    const group = GROUPS.find(([first, last]) => code >= first && code <= last);
    if (group && !isUsual(text, index, code))
      found.push({ index, name: `${group[2]} U+${code.toString(16).toUpperCase().padStart(4, "0")}` });
    index += code > 0xffff ? 2 : 1;
  }
  return found;
}

/** A byte order mark begins a text, and a joiner joins letters of some scripts and parts of an emoji. */
function isUsual(text: string, index: number, code: number): boolean {
  if (code === 0xfeff) return index === 0;
  if (code < FIRST_JOINER || code > LAST_JOINER) return false;
  const isForeign = (at: number) => (text.charCodeAt(at) || 0) >= ASCII_END;
  return isForeign(index - 1) && isForeign(index + 1);
}

/** Letters, digits and underscores in a row. */
const WORD = /[\p{L}\p{N}_]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** Scripts with letters that look like Latin ones. */
const ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** Whether a word mixes Latin letters with letters that look like them. */
export function mixesScripts(line: string): boolean {
  return ALIKE.test(line) && (line.match(WORD) ?? []).some((word) => LATIN.test(word) && ALIKE.test(word));
}
