import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface SizeBudget {
  /** Files that may still be examined; at 0 the rest is not counted. */
  left: number;
  /** The files with several names (hard links) that are counted already. */
  counted?: Set<string>;
}

/**
 * Returns the disk space of a file, or of the files below a folder, without following links; 0 where nothing is. A file
 * with several names counts once in a budget.
 */
export async function folderBytes(folder: string, budget: SizeBudget): Promise<number> {
  let bytes = 0;
  const open = [folder];
  if (!(await isFolder(folder))) return fileBytes(folder, budget);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => [] as Dirent[]);
    for (const entry of entries) {
      if (budget.left <= 0) return bytes;
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        budget.left -= 1;
        open.push(path);
      } else bytes += await fileBytes(path, budget);
    }
  }
  return bytes;
}

function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function fileBytes(path: string, budget: SizeBudget): Promise<number> {
  const found = await lstat(path).catch(() => null);
  if (!found || budget.left <= 0) return 0;
  budget.left -= 1;
  if (found.nlink > 1) {
    budget.counted ??= new Set();
    const name = `${found.dev}:${found.ino}`;
    if (budget.counted.has(name)) return 0;
    budget.counted.add(name);
  }
  // Blocks instead of length: deleting a sparse file frees less than its length.
  return found.blocks * 512;
}
