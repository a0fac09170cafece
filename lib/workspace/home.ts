import fs from "node:fs";
import path from "node:path";
import { serverIsRoot, toolUserOf } from "@/lib/process/tools-identity";

/**
 * Returns the home of the commands that work in a workspace: in the tree's cache folder, so that caches of npm and its
 * like are no files of the workspace, and are deleted with the tree.
 */
export function homeOf({ cacheDir }: { cacheDir: string }, workspace: string): string {
  return makeHome(path.join(cacheDir, "home"), workspace);
}

/** Makes a folder that commands in a workspace have as their home, and gives it to the user who runs them. */
export function makeHome(home: string, workspace: string): string {
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  if (serverIsRoot()) {
    const { uid, gid } = toolUserOf(workspace);
    fs.chownSync(home, uid, gid);
  }
  return home;
}
