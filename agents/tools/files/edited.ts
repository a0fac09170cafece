import { WorkspaceError } from "@/lib/workspace/path";

interface Edit {
  path: string;
  old_text: string;
  new_text: string;
  replace_all?: boolean | undefined;
}

/** Returns the file's text after an edit, with the number of replaced places. Throws a `WorkspaceError` otherwise. */
export function edited(text: string, { path, old_text, new_text, replace_all }: Edit): { text: string; count: number } {
  const shown = JSON.stringify(path);
  if (text.includes("\uFFFD")) {
    throw new WorkspaceError(`${shown} is not valid UTF-8, so editing it would damage it; use the terminal.`);
  }
  const pieces = text.split(old_text);
  const count = pieces.length - 1;
  if (count === 0) {
    throw new WorkspaceError(`old_text does not occur in ${shown}; read the file and copy the text exactly.`);
  }
  if (count > 1 && !replace_all) {
    throw new WorkspaceError(
      `old_text occurs ${count} times in ${shown}; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  // Occurrences that overlap, such as those of "aa" in "aaa", are one piece for `split`.
  if (!replace_all && text.indexOf(old_text) !== text.lastIndexOf(old_text)) {
    throw new WorkspaceError(
      `old_text occurs in ${shown} at two places that overlap; add surrounding lines until it occurs once, or set replace_all.`,
    );
  }
  return { text: pieces.join(new_text), count };
}
