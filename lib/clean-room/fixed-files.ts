/** Finds out whether a run rewrites files that decide about it: those of the start outside the scope. */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { readPlainFile } from "../workspace/plain-file";

/** A file as it was before a run. */
export interface RememberedFile {
  path: string;
  /** Changes when the file is written. */
  sign: string;
  /** The hash of its content; null for a file that is too large. */
  content: string | null;
}

/** Returns the files of these paths as they are now. */
export function rememberFiles(folder: string, paths: readonly string[]): RememberedFile[] {
  return paths.flatMap((path) => {
    const file = join(folder, path);
    const sign = signOf(file);
    return sign === null ? [] : [{ path, sign, content: contentOf(file) }];
  });
}

/** Returns the paths whose contents have changed since then. Contents are compared only where size or time has changed. */
export function changedFiles(folder: string, before: readonly RememberedFile[]): string[] {
  return before.flatMap(({ path, sign, content }) => {
    const file = join(folder, path);
    if (signOf(file) === sign) return [];
    return content !== null && contentOf(file) === content ? [] : [path];
  });
}

function signOf(file: string): string | null {
  const stat = lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return stat?.isFile() ? `${stat.ino} ${stat.size} ${stat.ctimeNs}` : null;
}

const MOST_BYTES = 1_000_000;

function contentOf(file: string): string | null {
  const content = readPlainFile(file, MOST_BYTES);
  return content && createHash("sha256").update(content).digest("hex");
}
