import fs from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

const OPTIONS = { recursive: true, force: true, maxRetries: 3 };

/**
 * Removes a folder with its contents, also where an agent removed the permissions needed for that. Does nothing when it
 * does not exist.
 */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, OPTIONS);
  } catch (error) {
    openAfter(error, folder);
    await rm(folder, OPTIONS);
  }
}

/** Like `removeTree`, and holds the thread meanwhile. */
export function removeTreeSync(folder: string): void {
  try {
    fs.rmSync(folder, OPTIONS);
  } catch (error) {
    openAfter(error, folder);
    fs.rmSync(folder, OPTIONS);
  }
}

/**
 * Makes folders writable whose removal failed for that, without following links. Folders of other users stay unchanged,
 * and the removal reports them. Throws another error again.
 */
function openAfter(error: unknown, folder: string): void {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (!["EACCES", "EPERM", "ENOTEMPTY"].includes(code)) throw error;
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
