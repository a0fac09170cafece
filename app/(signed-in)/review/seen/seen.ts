/**
 * Decides when a decision is enabled: its evidence was on the screen to the end, with every folded file opened. Pure.
 */
import type { MustSeePart } from "@/components/ui/must-see";

export interface Looked {
  /** The parts of the evidence that are folded, cut or loading, by their ids. */
  parts: ReadonlyMap<string, MustSeePart>;
  /** The state of the parts when the end of the evidence was on the screen; null: it was not. */
  endAt: string | null;
  /** The item has been on the screen for longer than a second press of the last key takes. */
  isRested: boolean;
  /** This person has seen the item before. */
  wasSeen: boolean;
}

export interface Seen {
  /** All of the evidence was on the screen. */
  isSeen: boolean;
  /** It was, for longer than a second press of a key takes. */
  isAwake: boolean;
  /** Why the decision sleeps, or that all of it was seen. */
  sentence: string;
}

/** Returns a text that changes when a part comes, loads or is opened: then the end of the evidence has moved. */
export function markOf(parts: Looked["parts"]): string {
  return [...parts].map(([id, { kind, isSeen }]) => `${id} ${kind} ${isSeen}`).join("\n");
}

export function isLoading(parts: Looked["parts"]): boolean {
  return [...parts.values()].some(({ kind, isSeen }) => kind === "loading" && !isSeen);
}

export function seenOf({ parts, endAt, isRested, wasSeen }: Looked): Seen {
  const all = [...parts.values()];
  const files = all.filter(({ kind }) => kind === "file");
  const closed = files.filter(({ isSeen }) => !isSeen).length;
  const isWhole = all.every(({ isSeen }) => isSeen);
  const isSeen = wasSeen || (isWhole && endAt === markOf(parts));
  if (isSeen) return { isSeen, isAwake: isRested, sentence: "You have seen all of it" };
  return {
    isSeen,
    isAwake: false,
    sentence: closed > 0 ? closedWords(closed, files.length) : "Read to the end to decide",
  };
}

function closedWords(closed: number, files: number): string {
  if (files === 1) return "The file is not opened yet";
  return `${closed} of ${files} files not opened yet`;
}
