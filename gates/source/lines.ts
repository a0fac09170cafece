/** The lines that a change adds to a file. */
import { diffLines } from "diff";

export interface AddedLine {
  /** Counted from 1, in the new text. */
  line: number;
  text: string;
}

/** `before` is null for a new file. */
export function addedLines(before: string | null, after: string): AddedLine[] {
  const added: AddedLine[] = [];
  let line = 1;
  for (const part of diffLines(before ?? "", after)) {
    if (part.removed) continue;
    const lines = linesOf(part.value);
    if (part.added) added.push(...lines.map((text, at) => ({ line: line + at, text })));
    line += lines.length;
  }
  return added;
}

/** Returns where each unchanged piece of a text begins before and after, to find a place again. */
export function unchangedPieces(before: string, after: string): { from: number; to: number; length: number }[] {
  const pieces: { from: number; to: number; length: number }[] = [];
  let [from, to] = [0, 0];
  for (const part of diffLines(before, after)) {
    const { length } = part.value;
    if (!part.added && !part.removed) pieces.push({ from, to, length });
    if (!part.added) from += length;
    if (!part.removed) to += length;
  }
  return pieces;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
