/** A unified diff, as git shows it, as lines that can be set. Pure. */

export type LineKind = "added" | "removed" | "same" | "hunk" | "note";

export interface PatchLine {
  kind: LineKind;
  /** Line numbers in the first and the second version; null where it has none there. */
  from: number | null;
  to: number | null;
  /** Without its sign. */
  text: string;
}

export interface PatchFile {
  path: string;
  lines: PatchLine[];
  added: number;
  removed: number;
  /** Its contents are no text. */
  isBinary: boolean;
}

const HEADER = /^diff --git (?:"?a\/)(.*?)"? "?b\/(.*?)"?$/;
const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

export function parsePatch(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let file: PatchFile | null = null;
  let [from, to, isInHunk] = [0, 0, false];
  for (const line of patch.split("\n")) {
    const header = HEADER.exec(line);
    if (header) {
      file = { path: header[2] ?? "", lines: [], added: 0, removed: 0, isBinary: false };
      files.push(file);
      isInHunk = false;
      continue;
    }
    if (!file) continue;
    const hunk = HUNK.exec(line);
    if (hunk) {
      [from, to, isInHunk] = [Number(hunk[1]), Number(hunk[2]), true];
      file.lines.push({ kind: "hunk", from: null, to: null, text: hunkText(to, hunk[3] ?? "") });
      continue;
    }
    if (!isInHunk) {
      if (/^(Binary files|GIT binary patch)/.test(line)) file.isBinary = true;
      continue;
    }
    const text = line.slice(1);
    if (line.startsWith("+")) {
      file.lines.push({ kind: "added", from: null, to: to++, text });
      file.added++;
    } else if (line.startsWith("-")) {
      file.lines.push({ kind: "removed", from: from++, to: null, text });
      file.removed++;
    } else if (line.startsWith(" ")) file.lines.push({ kind: "same", from: from++, to: to++, text });
    else if (line.startsWith("\\")) file.lines.push({ kind: "note", from: null, to: null, text: text.trim() });
  }
  return files;
}

function hunkText(line: number, context: string): string {
  return context ? `line ${line}, ${context}` : `line ${line}`;
}
