import fs from "node:fs";
import path from "node:path";
import { HAS_PROC } from "../process/ps";
import { followLinks, linkRefusal, linkTarget } from "./links";
import { allHiddenPaths, hiddenError, movedError, partsInside, WorkspaceError, type WorkspaceView } from "./path";

// Node has no openat(2). A name opened through /proc/self/fd/N/name is looked up in the directory of descriptor N,
// whatever happened to its path since, so a folder that is swapped for a link between two steps has no effect.
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_EXCL, O_WRONLY } = fs.constants;

/** Returns the path of a name in the directory that is open as `directoryFd`; valid while that descriptor is open. */
export function childOf(directoryFd: number, name: string): string {
  return `${pathOf(directoryFd)}/${name}`;
}

/** A path of the directory that `openDirectory` or `openChildDirectory` opened; valid while the descriptor is open. */
export function pathOf(directoryFd: number): string {
  return HAS_PROC ? `/proc/self/fd/${directoryFd}` : opened.pathOf(directoryFd);
}

/**
 * Remembers where directories were opened, for macOS, which has no /proc. A path is given out only while it still leads
 * to the open directory. Between this check and its use the path could be swapped; commands of agents, which could do
 * that, do not run there.
 */
export function createOpenedPaths() {
  const paths = new Map<number, string>();
  return {
    note: (fd: number, path: string) => void paths.set(fd, path),
    pathOf(fd: number): string {
      const path = paths.get(fd);
      const now = path === undefined ? undefined : fs.lstatSync(path, { throwIfNoEntry: false });
      const then = fs.fstatSync(fd);
      if (path !== undefined && now?.ino === then.ino && now.dev === then.dev) return path;
      throw Object.assign(new Error("the folder was moved or replaced"), { code: "ENOENT" });
    },
  };
}

const opened = createOpenedPaths();

/** Opens a directory, never through a link at its end. */
function openFolder(path: string, shown: () => string): number {
  const fd = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!HAS_PROC) opened.note(fd, shown());
  return fd;
}

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Errors of a machine that runs short, which say nothing about the path; the call is retried. */
const SHORTAGES = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EIO"]);

/**
 * Returns one sentence for a failed system call on the path that the caller gave, with the error as its cause. Returns
 * the error itself when the machine ran short of something.
 */
export function sentenceFor(error: unknown, given: string): Error {
  if (error instanceof WorkspaceError) return error;
  if (error instanceof Error && SHORTAGES.has(errorCode(error))) return error;
  const shown = JSON.stringify(given.slice(0, 200));
  const sentences: Record<string, string> = {
    ENOENT: `There is no ${shown} in the workspace; list the folder to see what is there.`,
    ENOTDIR: `A part of ${shown} is not a folder, or is a symbolic link; links are never followed.`,
    ELOOP: `${shown} is a symbolic link; links are never followed, so name the file itself.`,
    EISDIR: `${shown} is a folder; name a file.`,
    EACCES: `The server has no permission to open ${shown}; check its permissions.`,
    EPERM: `The server has no permission to open ${shown}; check its permissions.`,
    ENXIO: `${shown} is not a regular file.`,
    ENAMETOOLONG: `A name in ${shown} is too long for the file system.`,
    ENOSPC: `The disk is full, so ${shown} was not written; free some space.`,
    EDQUOT: `The disk quota is used up, so ${shown} was not written; free some space.`,
    EROFS: `${shown} is on a read-only file system.`,
  };
  const code = errorCode(error);
  return new WorkspaceError(sentences[code] ?? `${shown} could not be used (${code || String(error)}).`, {
    cause: error,
  });
}

/** A root is a real path. When a folder above it was swapped for a link since, it leads to somebody else's files. */
function openRoot(root: string): number {
  const fd = openFolder(root, () => fs.realpathSync(root));
  if (!HAS_PROC || OPENED.test(root) || fs.readlinkSync(`/proc/self/fd/${fd}`) === path.resolve(root)) return fd;
  fs.closeSync(fd);
  throw movedError(root);
}

/** A folder that the caller holds open: nothing above it matters any more. */
const OPENED = /^\/proc\/self\/fd\/\d+(\/\.)?$/;

/** Opens the folder at `parts` below the root and returns its descriptor; the caller closes it. */
export function openDirectory(root: string, parts: readonly string[], createMode?: number): number {
  let fd = openRoot(root);
  for (const part of parts) {
    let next: number;
    try {
      next = openChildDirectory(fd, part, createMode);
    } finally {
      fs.closeSync(fd);
    }
    fd = next;
  }
  return fd;
}

export function openChildDirectory(parentFd: number, name: string, createMode?: number): number {
  const child = childOf(parentFd, name);
  try {
    return openFolder(child, () => child);
  } catch (error) {
    if (createMode === undefined || errorCode(error) !== "ENOENT") throw error;
  }
  try {
    fs.mkdirSync(child, createMode);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  const fd = openFolder(child, () => child);
  giveToOwnerOf(parentFd, fd);
  return fd;
}

/** A server that runs as root gives new files to the folder's owner, so that the sandbox's user can work with them. */
export function giveToOwnerOf(parentFd: number, fd: number): void {
  if (process.getuid?.() !== 0) return;
  const parent = fs.fstatSync(parentFd);
  if (parent.uid !== 0) fs.fchownSync(fd, parent.uid, parent.gid);
}

/** Opens a regular file in an open folder. Refuses FIFOs and devices without waiting for them. */
export function openRegularFile(directoryFd: number, name: string): { fd: number; stat: fs.Stats } {
  const fd = fs.openSync(childOf(directoryFd, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stat = fs.fstatSync(fd);
  if (stat.isFile()) return { fd, stat };
  fs.closeSync(fd);
  if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  throw Object.assign(new Error("not a regular file"), { code: "ENXIO" });
}

/** Creates a new file in an open folder; fails with EEXIST if the name exists. */
export function createFile(directoryFd: number, name: string, mode: number): number {
  return fs.openSync(childOf(directoryFd, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

export interface OpenOptions {
  /** Links are read where they lead to a file of the workspace. */
  followsLinks?: boolean;
}

/**
 * Opens a file for reading that a model named. Throws a `WorkspaceError` with one sentence; the caller closes the
 * descriptor.
 */
export function openFileForReading(
  view: WorkspaceView,
  given: string,
  { followsLinks = false }: OpenOptions = {},
): { fd: number; stat: fs.Stats } {
  const parts = followsLinks ? followLinks(view, given) : partsInside(view, given);
  const named = parts.slice();
  const name = parts.pop();
  if (name === undefined) throw sentenceFor(Object.assign(new Error(), { code: "EISDIR" }), given);
  try {
    const directoryFd = openDirectory(view.root, parts);
    try {
      const opened = openRegularFile(directoryFd, name);
      if (isHiddenFile(view, opened.stat)) {
        fs.closeSync(opened.fd);
        throw hiddenError(JSON.stringify(given));
      }
      return opened;
    } finally {
      fs.closeSync(directoryFd);
    }
  } catch (error) {
    if (errorCode(error) === "ELOOP")
      throw new WorkspaceError(linkRefusal(JSON.stringify(given), linkTarget(view, named)), { cause: error });
    throw sentenceFor(error, given);
  }
}

/** Detects a hard link to a hidden file: another name with the same inode. */
export function isHiddenFile(view: WorkspaceView, stat: fs.Stats): boolean {
  if (stat.nlink < 2) return false;
  return allHiddenPaths(view.hiddenPaths).some((hidden) => {
    const other = fs.statSync(hidden, { throwIfNoEntry: false });
    return other !== undefined && other.ino === stat.ino && other.dev === stat.dev;
  });
}
