/** Reads the branch of a folder and where it was cloned from without running git, because git obeys files of the folder. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";

const MOST_BYTES = 4_096;
const MOST_SETTINGS_BYTES = 100_000;

/** Returns null when no repository begins in this folder. `branch` is null when no branch is checked out. */
export function readHead(folder: string): { branch: string | null } | null {
  const own = join(folder, ".git");
  const head = readSmallFile(join(own, "HEAD")) ?? headOfWorktree(folder, own);
  if (head === null) return null;
  return { branch: /^ref: refs\/heads\/(\S+)\s*$/.exec(head)?.[1] ?? null };
}

/** Returns the address of the remote `origin`; null without one. Settings that include other files are not followed. */
export function readOrigin(folder: string): string | null {
  const settings = readSmallFile(join(folder, ".git", "config"), MOST_SETTINGS_BYTES) ?? "";
  const section = /^\[remote "origin"\]\s*$([^[]*)/m.exec(settings)?.[1] ?? "";
  return /^[ \t]*url[ \t]*=[ \t]*(\S+)[ \t]*$/m.exec(section)?.[1] ?? null;
}

/** In a linked worktree `.git` is a file that names the folder with its HEAD. */
function headOfWorktree(folder: string, file: string): string | null {
  const named = /^gitdir: (.+)\s*$/.exec(readSmallFile(file) ?? "")?.[1];
  return named === undefined ? null : readSmallFile(join(resolve(folder, named.trim()), "HEAD"));
}

/** Returns null for anything but a short regular file; never waits, as a pipe in its place would make it. */
function readSmallFile(file: string, most = MOST_BYTES): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    if (!fstatSync(fd).isFile()) return null;
    const bytes = Buffer.alloc(most);
    return bytes.toString("utf8", 0, readSync(fd, bytes));
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}
