import { lineEndAt, withLineEnds } from "./line-ends";
import { WorkspaceError } from "./path";
import type { ReadText } from "./text-form";

export interface Edit {
  path: string;
  old_text: string;
  new_text: string;
  replace_all?: boolean | undefined;
}

interface Place {
  from: number;
  to: number;
}

/**
 * Returns the text of a file after an edit, with the number of replaced places. Models write line feeds whatever the
 * file's lines end with, so the old text also matches other line ends, and the new text gets those of its place. Throws
 * a `WorkspaceError` otherwise.
 */
export function edited(
  { text, form }: ReadText,
  { path, old_text, new_text, replace_all }: Edit,
): { text: string; count: number } {
  const shown = JSON.stringify(path);
  if (form.encoding === "bytes" && /[^\0-\x7f]/.test(old_text + new_text)) {
    throw new WorkspaceError(
      `${shown} is neither UTF-8 nor marked as UTF-16, so only an edit whose old and new text is plain ASCII keeps its other characters; choose such a piece, or use the terminal.`,
    );
  }
  const places = placesOf(text, old_text);
  const [count, first] = [places.length, places[0]];
  if (!first) {
    throw new WorkspaceError(`old_text does not occur in ${shown}; read the file and copy the text exactly.`);
  }
  if (count > 1 && !replace_all) {
    throw new WorkspaceError(
      `old_text occurs ${count} times in ${shown}; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  // Occurrences that overlap, such as those of "aa" in "aaa", are one place.
  if (!replace_all && text.indexOf(text.slice(first.from, first.to), first.from + 1) !== -1) {
    throw new WorkspaceError(
      `old_text occurs in ${shown} at two places that overlap; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  // An edit of nothing but line ends is meant as it is written.
  const isOfEnds = withLineEnds(old_text, "\n") === withLineEnds(new_text, "\n");
  let after = "";
  let done = 0;
  for (const { from, to } of places) {
    after += text.slice(done, from) + (isOfEnds ? new_text : withLineEnds(new_text, lineEndAt(text, from)));
    done = to;
  }
  return { text: after + text.slice(done), count };
}

/**
 * Returns where a piece of text is, with either kind of line end. A piece that begins with a line feed takes the whole
 * CRLF: its line feed alone would leave the carriage return behind.
 */
function placesOf(text: string, piece: string): Place[] {
  const lines = piece.split(/\r?\n/).map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return [...text.matchAll(new RegExp(lines.join("\\r?\\n"), "g"))].map(({ index, 0: { length } }) => ({
    from: index,
    to: index + length,
  }));
}
