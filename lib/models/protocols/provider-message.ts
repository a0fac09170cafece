/** Puts a provider's message into a sentence of ours. */

const LONGEST = 400;

/** Returns the text in one line, without its last full stop, and not too long. */
export function said(text: string): string {
  // A run of full stops is looked at once, from its beginning: a message may be a megabyte of them.
  const line = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/(?<!\.)\.+$/, "");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

/** Returns what was said as the end of a sentence, with exactly one mark there. */
export function ended(text: string): string {
  const line = said(text);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
