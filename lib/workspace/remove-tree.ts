import fs from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

/** Removes a folder with all that is in it, also where an agent took the rights away that removing needs. Nothing happens when it is not there. */
export async function removeTree(folder: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(folder, options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes(code)) throw error;
    openFolders(folder);
    await rm(folder, options);
  }
}

/** Links are not followed. What belongs to somebody else stays as it is, and the removal says so. */
function openFolders(folder: string): void {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return;
  const toOpen = [folder];
  for (let one = toOpen.pop(); one !== undefined; one = toOpen.pop()) {
    try {
      fs.chmodSync(one, 0o700);
      for (const entry of fs.readdirSync(one, { withFileTypes: true }))
        if (entry.isDirectory()) toOpen.push(path.join(one, entry.name));
    } catch {
      // The removal names it.
    }
  }
}
