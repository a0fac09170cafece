/** The lines of a file, and how a change moves them. */
import { diffLines } from "diff";

/** Texts that were made to be hard to compare count as changed in every line. */
const MOST_DIFF_MS = 10_000;

export interface AddedLine {
  /** Counted from 1, in the new text. */
  line: number;
  text: string;
}

/** `before` is null for a new file. */
export function addedLines(before: string | null, after: string): AddedLine[] {
  const added: AddedLine[] = [];
  let line = 1;
  for (const part of partsOf(before ?? "", after)) {
    if (part.removed) continue;
    const lines = linesOf(part.value);
    if (part.added) for (const [at, text] of lines.entries()) added.push({ line: line + at, text });
    line += lines.length;
  }
  return added;
}

/** Returns where each unchanged piece of a text begins before and after, to find a place again. */
export function unchangedPieces(before: string, after: string): { from: number; to: number; length: number }[] {
  const pieces: { from: number; to: number; length: number }[] = [];
  let [from, to] = [0, 0];
  for (const part of partsOf(before, after)) {
    const { length } = part.value;
    if (!part.added && !part.removed) pieces.push({ from, to, length });
    if (!part.added) from += length;
    if (!part.removed) to += length;
  }
  return pieces;
}

function partsOf(before: string, after: string): { value: string; added: boolean; removed: boolean }[] {
  const parts = diffLines(before, after, { timeout: MOST_DIFF_MS });
  return (
    parts ?? [
      { value: before, added: false, removed: true },
      { value: after, added: true, removed: false },
    ]
  );
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Returns a function from a position in the text to its line, counted from 1. */
export function lineFinder(text: string): (index: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (index) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
