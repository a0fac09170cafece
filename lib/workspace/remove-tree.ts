import fs from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

/**
 * Removes a folder with its contents, also where an agent removed the permissions needed for that. Does nothing when it
 * does not exist.
 */
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

/**
 * Makes folders writable, without following links. Folders of other users stay unchanged, and the removal reports them.
 */
function openFolders(folder: string): void {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return;
  const toOpen = [folder];
  for (let folder = toOpen.pop(); folder !== undefined; folder = toOpen.pop()) {
    try {
      fs.chmodSync(folder, 0o700);
      for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) toOpen.push(path.join(folder, entry.name));
    } catch {
      // The removal reports this folder.
    }
  }
}
