import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface SizeBudget {
  /** Files that may still be examined; at 0 the rest is not counted. */
  left: number;
}

/** Returns the disk space of the files below a folder, without following links; 0 for a missing folder. */
export async function folderBytes(folder: string, budget: SizeBudget): Promise<number> {
  let bytes = 0;
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => [] as Dirent[]);
    for (const entry of entries) {
      if (budget.left <= 0) return bytes;
      budget.left -= 1;
      const path = join(at, entry.name);
      if (entry.isDirectory()) open.push(path);
      // Blocks instead of length: deleting a sparse file frees less than its length.
      else
        bytes += await lstat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
    }
  }
  return bytes;
}
