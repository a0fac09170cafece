/** Control characters, and those that a person does not see or that turn the direction of a text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/gu;

/** Returns a stranger's text without characters that a person cannot see; `oneLine`: on one line. */
export function plain(text: string, oneLine = false): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const clean = lines.map((line) => line.replace(/\t/g, " ").replace(UNSEEN, ""));
  return clean.join(oneLine ? " " : "\n").trim();
}

/** Returns a value as JSON in which the characters that a person cannot see are escaped. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(UNSEEN, (sign) => (sign === "\n" ? sign : escaped(sign)));
}

/** Returns one code point as JSON escapes, which are two for code points above U+FFFF. */
function escaped(sign: string): string {
  const units = Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
