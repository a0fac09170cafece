/** Parses a git patch into files with their changed lines. Pure. */
import { type HunkData, parseDiff } from "react-diff-view";
import { withoutDisguise } from "@/core/words/visible";

export interface PatchFile {
  /** Position in the patch. It is the key of the file, because a patch may name a path twice. */
  number: number;
  /** As it is in the folder: a page shows it without disguise. */
  path: string;
  change: "added" | "modified" | "deleted";
  hunks: HunkData[];
  added: number;
  removed: number;
  isBinary: boolean;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/;

/**
 * Returns the files of a patch. A patch that was cut is read up to the cut. A line of git ends with "\n" only, so no
 * pattern here has the flag `m`: with it, "\r" and "\u2028" within a changed line would begin a line too, and an agent
 * could hide the rest of its line in a file that it made up.
 */
export function readPatch(patch: string): PatchFile[] {
  const parts = patch.split(/(?:^|\n)(?=diff --git )/).filter((part) => part.startsWith("diff --git "));
  if (parts.length > 0) return parts.map(readFile);
  const file = readFile(patch, 0);
  return file.hunks.length > 0 ? [file] : [];
}

function readFile(part: string, number: number): PatchFile {
  const lines = part.split("\n");
  const at = lines.findIndex((line) => HUNK.test(line));
  const head = at < 0 ? lines : lines.slice(0, at);
  const hunks = at < 0 ? [] : readHunks(lines.slice(at));
  const changes = hunks.flatMap((hunk) => hunk.changes);
  return {
    number,
    path: pathOf(head),
    change: head.some((line) => /^(new file mode|--- \/dev\/null)/.test(line))
      ? "added"
      : head.some((line) => /^(deleted file mode|\+\+\+ \/dev\/null)/.test(line))
        ? "deleted"
        : "modified",
    hunks,
    added: changes.filter((change) => change.type === "insert").length,
    removed: changes.filter((change) => change.type === "delete").length,
    isBinary: head.some((line) => /^(Binary files|GIT binary patch)/.test(line)),
  };
}

/** The library fails on names with spaces and on cut lines, so it gets a plain header and only whole lines. */
function readHunks(lines: readonly string[]): HunkData[] {
  const text = withoutDisguise(lines.filter((line) => /^[-+ \\]/.test(line) || HUNK.test(line)).join("\n"));
  return parseDiff(`diff --git a/f b/f\n--- a/f\n+++ b/f\n${text}`)[0]?.hunks ?? [];
}

function pathOf([first = "", ...rest]: readonly string[]): string {
  const shown = rest.find((line) => line.startsWith("+++ ") && line !== "+++ /dev/null");
  const from = rest.find((line) => line.startsWith("--- ") && line !== "--- /dev/null");
  const line = shown ?? from;
  if (line) return unquoted(line.slice(4).replace(/\t.*$/, "")).replace(/^[ab]\//, "");
  // Without such a line the first line holds the same name twice. Names may contain spaces, so it is cut in the middle.
  const names = first.slice("diff --git ".length);
  return unquoted(names.slice(0, (names.length - 1) / 2)).replace(/^a\//, "");
}

const ESCAPES: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Returns a file name without git's quotes and escapes. Git writes non-ASCII characters as octal UTF-8 bytes. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  return name
    .slice(1, -1)
    .replace(/((?:\\[0-7]{3})+)|\\(.)/g, (_, octals: string | undefined, sign: string) =>
      octals ? bytesText(octals) : (ESCAPES[sign] ?? sign),
    );
}

function bytesText(octals: string): string {
  const bytes = octals.split("\\").slice(1);
  return new TextDecoder().decode(Uint8Array.from(bytes, (octal) => Number.parseInt(octal, 8)));
}

export function lineCount(hunks: readonly HunkData[]): number {
  return hunks.reduce((sum, hunk) => sum + hunk.changes.length, 0);
}

/** Returns the hunks cut after `most` lines. */
export function firstLines(hunks: readonly HunkData[], most: number): HunkData[] {
  const kept: HunkData[] = [];
  let left = most;
  for (const hunk of hunks) {
    if (left <= 0) break;
    kept.push(hunk.changes.length <= left ? hunk : { ...hunk, changes: hunk.changes.slice(0, left) });
    left -= hunk.changes.length;
  }
  return kept;
}

/** Returns where a hunk begins, in words. */
export function hunkText(hunk: HunkData): string {
  const context = hunk.content.replace(/^@@[^@]*@@ ?/, "");
  const line = `line ${hunk.newStart || hunk.oldStart}`;
  return context ? `${line}, ${context}` : line;
}
