import { lstatSync } from "node:fs";
import { join } from "node:path";

/** Returns those of the paths where something other than a folder is, such as a file that is too large for a snapshot. */
export function occupiedIn(root: string, paths: readonly string[]): string[] {
  return paths.filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === false);
}
