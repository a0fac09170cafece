import { WorkspaceError } from "@/lib/workspace/path";

interface Edit {
  path: string;
  old_text: string;
  new_text: string;
  replace_all?: boolean | undefined;
}

const LINE_END = /\r?\n/g;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Returns the file's text after an edit, with the number of replaced places. Throws a `WorkspaceError` otherwise. A line
 * end of `old_text` matches either kind, because models answer with plain line feeds, and `new_text` gets the file's own.
 */
export function edited(text: string, { path, old_text, new_text, replace_all }: Edit): { text: string; count: number } {
  const shown = JSON.stringify(path);
  if (text.includes("\uFFFD")) {
    throw new WorkspaceError(`${shown} is not valid UTF-8, so editing it would damage it; use the terminal.`);
  }
  const places = [...text.matchAll(new RegExp(patternOf(old_text), "g"))];
  const [first] = places;
  if (first === undefined) {
    throw new WorkspaceError(`old_text does not occur in ${shown}; read the file and copy the text exactly.`);
  }
  if (places.length > 1 && !replace_all) {
    throw new WorkspaceError(
      `old_text occurs ${places.length} times in ${shown}; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  // Occurrences that overlap, such as those of "aa" in "aaa", are one place for `matchAll`.
  if (!replace_all && occursAfter(text, old_text, first.index)) {
    throw new WorkspaceError(
      `old_text occurs in ${shown} at two places that overlap; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  let after = "";
  let done = 0;
  for (const { 0: found, index } of places) {
    after += text.slice(done, index) + withEndsOf(text, index, found, old_text, new_text);
    done = index + found.length;
  }
  return { text: after + text.slice(done), count: places.length };
}

/** Returns the whole new text of a file with the byte order mark and the line ends of the text that it replaces. */
export function keepingForm(before: string | null, content: string): string {
  if (before === null) return content;
  const marked = before.startsWith(BYTE_ORDER_MARK) && !content.startsWith(BYTE_ORDER_MARK);
  // Text that has a CRLF of its own says which line ends it wants.
  const text = !content.includes("\r\n") && onlyEnd(before) === "\r\n" ? content.replaceAll("\n", "\r\n") : content;
  return marked ? BYTE_ORDER_MARK + text : text;
}

function patternOf(old: string): string {
  return old
    .split(LINE_END)
    .map((line) => line.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
    .join("\\r?\\n");
}

/** Whether the text occurs again after the start of its first occurrence; the second half of a CRLF is no second one. */
function occursAfter(text: string, old: string, index: number): boolean {
  const from = text.startsWith("\r\n", index) ? index + 2 : index + 1;
  return new RegExp(patternOf(old)).test(text.slice(from));
}

function withEndsOf(text: string, index: number, found: string, old: string, replacement: string): string {
  // An edit of nothing but line ends means them as they are written.
  if (old.replaceAll(LINE_END, "\n") === replacement.replaceAll(LINE_END, "\n")) return replacement;
  const end = found.match(LINE_END)?.[0] ?? onlyEnd(text) ?? nearestEnd(text, index);
  return end === null ? replacement : replacement.replaceAll(LINE_END, end);
}

/** Returns the line end that every line has; null when the text has none, or both kinds. */
function onlyEnd(text: string): string | null {
  const ends = new Set(text.match(LINE_END));
  return ends.size === 1 ? ([...ends][0] ?? null) : null;
}

/** Returns the end of the line that is edited, or else of the line before; null in a text of one line. */
function nearestEnd(text: string, index: number): string | null {
  return text.slice(index).match(/\r?\n/)?.[0] ?? text.slice(0, index).match(LINE_END)?.at(-1) ?? null;
}
