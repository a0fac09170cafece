import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { childOf, createFile, errorCode, giveToOwnerOf, openDirectory, sentenceFor } from "../workspace/open";
import { WorkspaceError } from "../workspace/path";
import type { Mode } from "./listing";

/**
 * Writes into a folder that others may change meanwhile. Every name is looked up in an open directory, and no link is
 * followed. A file appears complete, by a rename. Everything created belongs to the owner of its folder.
 */
export interface FolderWriter {
  begin(path: string, mode: Mode): void;
  data(chunk: Buffer): void;
  end(): void;
  makeFolder(path: string): void;
  /** Removes a file; a folder that has taken its place stays. */
  removeFile(path: string): void;
  /** Removes a folder only if it is empty. */
  removeEmptyFolder(path: string): void;
  /** Removes an unfinished file, and closes all descriptors. */
  close(): void;
}

interface Open {
  path: string;
  mode: Mode;
  directoryFd: number;
  name: string;
  temporary: string;
  /** null for a link, whose target is collected. */
  fd: number | null;
  target: Buffer[];
}

export function createFolderWriter(root: string): FolderWriter {
  const directories = createDirectories(root);
  let open: Open | null = null;
  const discard = () => {
    if (!open) return;
    if (open.fd !== null) fs.closeSync(open.fd);
    fs.rmSync(childOf(open.directoryFd, open.temporary), { force: true });
    open = null;
  };
  return {
    begin(path, mode) {
      open = saying(path, () => {
        const { directoryFd, name } = directories.parentOf(path, true);
        const temporary = `.banyan-${randomBytes(6).toString("hex")}.tmp`;
        const fd = mode === "120000" ? null : createFile(directoryFd, temporary, 0o600);
        return { path, mode, directoryFd, name, temporary, fd, target: [] };
      });
    },
    data(chunk) {
      if (!open) return;
      const { path, fd, target } = open;
      if (fd === null) target.push(Buffer.from(chunk));
      else saying(path, () => writeAll(fd, chunk));
    },
    end() {
      const done = open;
      if (!done) return;
      saying(done.path, () => finish(done));
      open = null;
    },
    makeFolder: (path) => saying(path, () => void directories.open(path.replace(/\/$/, ""), true)),
    removeFile: (path) => removing(path, directories, (child) => fs.unlinkSync(child)),
    removeEmptyFolder: (path) => removing(path.replace(/\/$/, ""), directories, (child) => fs.rmdirSync(child)),
    close() {
      discard();
      directories.close();
    },
  };
}

function writeAll(fd: number, chunk: Buffer): void {
  for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
}

function finish({ directoryFd, name, temporary, fd, mode, target }: Open): void {
  const child = childOf(directoryFd, name);
  const made = childOf(directoryFd, temporary);
  const existing = fs.lstatSync(child, { throwIfNoEntry: false });
  if (fd === null) {
    fs.symlinkSync(Buffer.concat(target), made);
    giveLinkToOwnerOf(directoryFd, made);
  } else {
    giveToOwnerOf(directoryFd, fd);
    fs.fchmodSync(fd, permissions(mode, existing));
  }
  // An empty folder in the place of a file may be removed.
  if (existing?.isDirectory()) fs.rmdirSync(child);
  fs.renameSync(made, child);
  if (fd !== null) fs.closeSync(fd);
}

/** A snapshot stores only whether a file is executable; the other permissions stay as the file had them. */
function permissions(mode: Mode, existing: fs.Stats | undefined): number {
  if (!existing?.isFile()) return mode === "100755" ? 0o755 : 0o644;
  const before = existing.mode & 0o777;
  return mode === "100755" ? before | ((before & 0o444) >> 2) : before & 0o666;
}

function giveLinkToOwnerOf(directoryFd: number, link: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = fs.fstatSync(directoryFd);
  if (uid !== 0) fs.lchownSync(link, uid, gid);
}

function removing(path: string, directories: Directories, remove: (child: string) => void): void {
  try {
    const { directoryFd, name } = directories.parentOf(path, false);
    remove(childOf(directoryFd, name));
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "ELOOP", "ENOTEMPTY", "EISDIR", "EEXIST"].includes(errorCode(error)))
      throw sentenceFor(error, path);
  }
}

function saying<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (errorCode(error) === "ENOTEMPTY")
      throw new WorkspaceError(`${JSON.stringify(path)} is a folder that is not empty, so no file replaced it.`);
    throw sentenceFor(error, path);
  }
}

interface Directories {
  /** Opens a directory, which stays open until the next one is opened. */
  open(path: string, create: boolean): number;
  parentOf(path: string, create: boolean): { directoryFd: number; name: string };
  close(): void;
}

/**
 * Keeps the last directory open, because paths come in order and most are in the same directory as the previous path.
 */
function createDirectories(root: string): Directories {
  let held: { path: string; fd: number } | null = null;
  const close = () => {
    if (held) fs.closeSync(held.fd);
    held = null;
  };
  const open = (path: string, create: boolean) => {
    if (held?.path === path) return held.fd;
    close();
    const fd = openDirectory(root, path === "" ? [] : path.split("/"), create ? 0o755 : undefined);
    held = { path, fd };
    return fd;
  };
  return {
    open,
    close,
    parentOf(path, create) {
      const slash = path.lastIndexOf("/");
      return { directoryFd: open(slash < 0 ? "" : path.slice(0, slash), create), name: path.slice(slash + 1) };
    },
  };
}
