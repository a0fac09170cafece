import fs from "node:fs";
import path from "node:path";
import { removeTreeSync } from "./remove-tree";

/** No work in such a folder takes so long, so an older one is of a process that was killed. */
const LONGEST_MS = 60 * 60_000;

/** Makes a folder for one piece of work, which removes it at its end. First removes what killed processes left there. */
export function makeScratchFolder(parent: string, prefix: string): string {
  for (const name of fs.readdirSync(parent)) {
    if (!name.startsWith(prefix)) continue;
    const left = path.join(parent, name);
    const stat = fs.lstatSync(left, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > LONGEST_MS) removeTreeSync(left);
  }
  return fs.mkdtempSync(path.join(parent, prefix));
}
