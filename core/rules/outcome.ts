/** What came out of a task, in one line for a row. */

/** A row shows little more, and a longer beginning of a text holds its first sentence. */
const MOST_CHARS = 160;
const LOOKED_AT_CHARS = 4_000;

/** Lines that say nothing by themselves: fences, rules, the frames of tables, pictures. */
const SILENT = /^(?:```|~~~|[-=_*\s|:]+$|!\[|\|)/;
const CODE = /^(```|~~~)[^\n]*\n[\s\S]*?^\1\s*$/gm;
const HEADING = /^#{1,6}\s+/;
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Returns the first sentence of a Markdown text, with its marks; a heading only when nothing else follows. Null for JSON,
 * which is for programs.
 */
export function outcomeOf(text: string): string | null {
  if (isJson(text)) return null;
  const begin = text.slice(0, LOOKED_AT_CHARS);
  const prose = spokenLines(begin.replace(CODE, ""));
  const lines = prose.length > 0 ? prose : spokenLines(begin);
  const line = lines.find((line) => !HEADING.test(line)) ?? lines[0]?.replace(HEADING, "") ?? "";
  const first = [...sentences.segment(line)][0]?.segment.trim() ?? "";
  return first.length > MOST_CHARS ? `${first.slice(0, MOST_CHARS - 1)}…` : first;
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function spokenLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !SILENT.test(line));
}
