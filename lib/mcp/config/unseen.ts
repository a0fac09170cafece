/** Finds what a model reads and a person does not see, and what commands a terminal. */

/**
 * Controls, formats, halves of characters, separators of lines, and everything that Unicode lets a reader leave out.
 * Allowed are line ends and tabs, the visible marks of Arabic and Syriac, a joiner between two characters that are not
 * ASCII, and the choice between a symbol and its picture.
 */
const UNSEEN =
  /(?![\t\n\r\u0600-\u0605\u06DD\u070F\u08E2]|(?<=[^\0-\x7F\u200C\u200D])[\u200C\u200D](?=[^\0-\x7F\u200C\u200D])|(?<=\p{Emoji})[\uFE0E\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u;

/** Nearly all texts have none of these, and looking around each of their characters would take ten times as long. */
const DOUBTFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u;

/** Returns whether a text, or a text in this value, has one; names of properties count. The value must not be deep. */
export function hasUnseen(value: unknown): boolean {
  if (typeof value === "string") return DOUBTFUL.test(value) && UNSEEN.test(value);
  if (Array.isArray(value)) return value.some(hasUnseen);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => hasUnseen(name) || hasUnseen(member));
}
