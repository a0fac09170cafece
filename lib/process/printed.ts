/** Reads what programs print. */
import { stripVTControlCharacters } from "node:util";

/** Node looks for the end of a sequence in quadratic time, so a text of a megabyte could stop the process for minutes. */
const LONGEST_SEQUENCE = 1_000;
const [ESCAPE, CONTROL] = ["\u001b", "\u009b"];
/** Where a sequence begins. An escape and a backslash end one. */
const BEGIN = new RegExp(`(?=${CONTROL}|${ESCAPE}(?!\\\\))`);

/** Returns the text without the sequences with which programs colour it, move the cursor and make links. */
export function withoutSequences(text: string): string {
  return text
    .split(BEGIN)
    .map((part) => stripVTControlCharacters(part.slice(0, LONGEST_SEQUENCE)) + part.slice(LONGEST_SEQUENCE))
    .join("");
}
