import fs from "node:fs";
import { giveToTools, serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { copyChanges } from "./copy-tree";
import { removeTree } from "./remove-tree";

export interface CleanCopyOptions {
  /** Absolute paths below `from` that are not copied. */
  hiddenPaths: readonly string[];
  /** As for `copyChanges`. */
  ignoring?: { isTracked(path: string): boolean };
  maxBytes: number;
  signal: AbortSignal;
}

/**
 * Makes a fresh copy of a workspace for commands whose changes are not wanted; follows no link and executes nothing.
 * Removes an earlier `to`. Throws a WorkspaceError when the workspace is larger than `maxBytes`, or the signal's
 * reason.
 */
export async function cleanCopy(from: string, to: string, options: CleanCopyOptions): Promise<void> {
  // A command may have closed folders of the earlier one: `go mod download` does.
  await removeTree(to);
  fs.mkdirSync(to, { recursive: true, mode: 0o700 });
  giveToTools(to);
  const owner = serverIsRoot() ? { owner: UNPRIVILEGED_USER } : {};
  await copyChanges(from, to, new Map(), { ...options, ...owner });
}
