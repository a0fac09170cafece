/** Writes a tree of files into a new folder for a command, and reads what the command left there. */
import fs from "node:fs";
import path from "node:path";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { readTextFile } from "@/lib/workspace/files";
import { WorkspaceError } from "@/lib/workspace/path";

const MOST_READ_BYTES = 64 * 1024 * 1024;

/** `folder` must not exist. Its files belong to the user that runs commands. */
export function writeTree(folder: string, tree: FileTree, blobs: Blobs): void {
  makeFolder(folder);
  const made = new Set([folder]);
  for (const [name, { kind, oid }] of tree.files) {
    const target = path.join(folder, name);
    makeFolders(path.dirname(target), made);
    if (kind === "link") fs.symlinkSync(blobs.read(oid).toString("utf8"), target);
    else {
      fs.copyFileSync(blobs.fileOf(oid), target, fs.constants.COPYFILE_EXCL);
      fs.chmodSync(target, kind === "executable" ? 0o755 : 0o644);
    }
    giveToCommands(target);
  }
}

export function makeFolder(folder: string): void {
  fs.mkdirSync(folder, { mode: 0o755 });
  giveToCommands(folder);
}

function makeFolders(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  makeFolders(path.dirname(folder), made);
  makeFolder(folder);
  made.add(folder);
}

/** Follows no link. */
export function giveToCommands(file: string): void {
  if (serverIsRoot()) fs.lchownSync(file, UNPRIVILEGED_USER.uid, UNPRIVILEGED_USER.gid);
}

/** Returns a text file that a command left; null when it is missing or not readable as text. Follows no link. */
export async function leftBy(folder: string, name: string): Promise<string | null> {
  try {
    return await readTextFile({ root: folder, hiddenPaths: [] }, name, MOST_READ_BYTES);
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}
