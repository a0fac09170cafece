import { applyEdits, modify } from "jsonc-parser";
import type { EntryChange } from "./finding";

const FORMAT = { insertSpaces: true, tabSize: 2 };

/** Returns the file with the changes in the entry at `place`; its comments and its other entries stay as they are. */
export function changeFile(file: string, place: readonly string[], changes: readonly EntryChange[]): string {
  return changes.reduce(
    (text, { path, value }) =>
      applyEdits(text, modify(text, [...place, ...path], value, { formattingOptions: FORMAT })),
    file.replace(/^\uFEFF/, ""),
  );
}
