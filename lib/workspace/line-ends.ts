const BREAK = /\r\n|\n/g;

/** Returns the text with this end of each line. */
export function withLineEnds(text: string, end: "\n" | "\r\n"): string {
  return text.replace(BREAK, end);
}

/** Whether every line of a text with lines ends with CRLF, as files of Windows do. */
export function endsWithCrlf(text: string): boolean {
  const ends = text.match(BREAK);
  return ends?.every((end) => end === "\r\n") ?? false;
}

/** Returns how lines end at a place of the text: where it is, else before it, else with a line feed. */
export function lineEndAt(text: string, from: number): "\n" | "\r\n" {
  const next = text.indexOf("\n", from);
  const at = next === -1 ? text.lastIndexOf("\n") : next;
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}
