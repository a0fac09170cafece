import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { readChunks } from "./files";
import { IgnoreRules } from "./ignore-rules";
import { childOf, createFile, errorCode, openDirectory, openRegularFile } from "./open";
import { WorkspaceError } from "./path";
import { type WalkEntry, walk } from "./walk";

const write = promisify(fs.write);

/** The state of both sides of a copy when they were last equal: path below the root => signatures. */
export type Manifest = Map<string, { from: string; to: string }>;

export interface CopyOptions {
  /** Absolute paths on the `from` side that are not copied. */
  hiddenPaths?: readonly string[];
  /** Leaves out what git ignores; `isTracked` says which files it tracks all the same. */
  ignoring?: { isTracked(path: string): boolean };
  /** Owner of everything created on the `to` side; absent: the server's user, or the owner of the replaced file. */
  owner?: { uid: number; gid: number };
  maxBytes: number;
  signal?: AbortSignal;
}

type Found = Pick<WalkEntry, "path" | "kind" | "stat"> & { link?: string };

/**
 * Copies everything that changed in `from` since the manifest to `to`, and updates the manifest. Changes that only `to`
 * has stay. Follows no link on either side, drops set-id bits, and skips FIFOs and devices.
 */
export async function copyChanges(from: string, to: string, manifest: Manifest, options: CopyOptions): Promise<void> {
  const found = await list(from, options);
  for (const path of [...manifest.keys()]
    .filter((known) => !found.has(known))
    .sort()
    .reverse()) {
    removeEntry(to, path);
    manifest.delete(path);
  }
  let copiedEntries = 0;
  for (const entry of found.values()) {
    const signature = signatureOf(entry.kind, entry.stat);
    if (manifest.get(entry.path)?.from === signature) continue;
    options.signal?.throwIfAborted();
    const copied = await copyEntry(from, to, entry, options);
    copiedEntries += 1;
    if (copiedEntries % ENTRIES_PER_TURN === 0) await nextTurn();
    if (copied) manifest.set(entry.path, { from: signature, to: copied });
  }
}

/**
 * Forgets the entries that `to` lacks, so that the next copy brings them again. Only for a time in which nobody works on
 * `to`: then nobody who should have deleted them.
 */
export async function forgetLost(to: string, manifest: Manifest, signal?: AbortSignal): Promise<void> {
  const found = await list(to, { maxBytes: Number.POSITIVE_INFINITY, ...(signal && { signal }) });
  for (const path of manifest.keys()) if (!found.has(path)) manifest.delete(path);
}

/** Returns the manifest with its sides swapped. */
export function reversed(manifest: Manifest): Manifest {
  return new Map([...manifest].map(([path, { from, to }]) => [path, { from: to, to: from }]));
}

async function list(root: string, options: CopyOptions): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  let bytes = 0;
  const { hiddenPaths, signal, ignoring } = options;
  const rules = new IgnoreRules();
  const isLeftOut = (path: string, isFolder: boolean) =>
    ignoring !== undefined && rules.ignores(path.split("/"), isFolder) && !ignoring.isTracked(path);
  const walked = walk(root, [], {
    hiddenPaths,
    signal,
    ...(ignoring && { onFolder: (path, fd) => rules.load(path.split("/").filter(Boolean), fd) }),
    enters: (path) => !isLeftOut(path, true),
  });
  for await (const entry of walked) {
    if (entry.kind === "other" || isLeftOut(entry.path, entry.kind === "directory")) continue;
    bytes += entry.kind === "file" ? entry.sizeBytes : 0;
    if (bytes > options.maxBytes) {
      throw new WorkspaceError(
        `The folder has more than ${options.maxBytes} bytes, too much to copy; use a smaller folder.`,
      );
    }
    const link = entry.kind === "link" ? { link: entry.readLink() } : {};
    found.set(entry.path, { path: entry.path, kind: entry.kind, stat: entry.stat, ...link });
  }
  return found;
}

/** A folder's times change with its contents, so only its mode counts. */
function signatureOf(kind: WalkEntry["kind"], stat: fs.Stats): string {
  if (kind === "directory") return `directory ${stat.mode}`;
  return `${kind} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino} ${stat.mode}`;
}

/** Returns the new entry's signature, or null when the source vanished or was swapped meanwhile. */
async function copyEntry(from: string, to: string, entry: Found, options: CopyOptions): Promise<string | null> {
  const parts = entry.path.split("/");
  const name = parts.pop() ?? "";
  const fromFd = openOrNull(from, parts);
  const toFd = openOrNull(to, parts);
  try {
    if (fromFd === null || toFd === null) return null;
    const target = childOf(toFd, name);
    const existing = fs.lstatSync(target, { throwIfNoEntry: false });
    const owner = options.owner ?? (existing && { uid: existing.uid, gid: existing.gid });
    if (entry.kind === "directory") makeFolder(target, existing, entry.stat.mode, owner);
    else if (!makeWay(target, existing)) return null;
    else if (entry.kind === "link") makeLink(toFd, name, entry.link ?? "", owner);
    else if (!(await copyFile(fromFd, toFd, name, entry.stat.mode, owner))) return null;
    return signatureOf(entry.kind, fs.lstatSync(target));
  } finally {
    if (fromFd !== null) fs.closeSync(fromFd);
    if (toFd !== null) fs.closeSync(toFd);
  }
}

function openOrNull(root: string, parts: readonly string[]): number | null {
  try {
    return openDirectory(root, parts);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error))) return null;
    throw error;
  }
}

type Owner = { uid: number; gid: number } | undefined;

function makeFolder(target: string, existing: fs.Stats | undefined, mode: number, owner: Owner): void {
  if (existing && !existing.isDirectory()) fs.unlinkSync(target);
  if (!existing?.isDirectory()) fs.mkdirSync(target, 0o700);
  if (owner) fs.lchownSync(target, owner.uid, owner.gid);
  // Not a link: the folder was just created, or lstat showed a folder, and O_NOFOLLOW refuses links.
  const fd = fs.openSync(target, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW);
  fs.fchmodSync(fd, (mode & 0o777) | 0o700);
  fs.closeSync(fd);
}

/** Removes an empty folder in the place of a file. A folder with contents stays, because nothing deleted them. */
function makeWay(target: string, existing: fs.Stats | undefined): boolean {
  if (!existing?.isDirectory()) return true;
  try {
    fs.rmdirSync(target);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOTEMPTY") return false;
    throw error;
  }
}

function makeLink(toFd: number, name: string, link: string, owner: Owner): void {
  const temporary = childOf(toFd, temporaryName());
  fs.symlinkSync(link, temporary);
  if (owner) fs.lchownSync(temporary, owner.uid, owner.gid);
  fs.renameSync(temporary, childOf(toFd, name));
}

async function copyFile(fromFd: number, toFd: number, name: string, mode: number, owner: Owner): Promise<boolean> {
  let source: number;
  try {
    source = openRegularFile(fromFd, name).fd;
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO", "EISDIR", "EACCES"].includes(errorCode(error))) return false;
    throw error;
  }
  const temporary = temporaryName();
  const target = createFile(toFd, temporary, 0o600);
  try {
    await copyBytes(source, target);
    if (owner) fs.fchownSync(target, owner.uid, owner.gid);
    fs.fchmodSync(target, mode & 0o777);
    fs.renameSync(childOf(toFd, temporary), childOf(toFd, name));
    return true;
  } catch (error) {
    fs.unlinkSync(childOf(toFd, temporary));
    throw error;
  } finally {
    fs.closeSync(source);
    fs.closeSync(target);
  }
}

/**
 * Copies a small file in one step, because thousands of trips through the thread pool would cost more than the copying.
 */
async function copyBytes(source: number, target: number): Promise<void> {
  const length = fs.readSync(source, small, 0, small.length, 0);
  if (length < small.length) {
    for (let done = 0; done < length; ) done += fs.writeSync(target, small, done, length - done);
    return;
  }
  for await (const chunk of readChunks(source)) {
    for (let done = 0; done < chunk.length; ) done += (await write(target, chunk, done)).bytesWritten;
  }
}

const small = Buffer.allocUnsafe(32 * 1024);
const ENTRIES_PER_TURN = 20;

function temporaryName(): string {
  return `.banyan-${randomBytes(6).toString("hex")}.tmp`;
}

function removeEntry(root: string, path: string): void {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  const fd = openOrNull(root, parts);
  if (fd === null) return;
  try {
    const target = childOf(fd, name);
    const stat = fs.lstatSync(target, { throwIfNoEntry: false });
    if (stat?.isDirectory()) makeWay(target, stat);
    else if (stat) fs.unlinkSync(target);
  } finally {
    fs.closeSync(fd);
  }
}
