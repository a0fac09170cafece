import fs from "node:fs";
import path from "node:path";
import { childOf, errorCode, openChildDirectory, openDirectory, pathOf } from "../workspace/open";
import { allHiddenPaths } from "../workspace/path";
import { blobName, createPace, EMPTY_FOLDER } from "./entries";
import type { Entries, Entry } from "./listing";
import { SnapshotError, type SnapshotLimits } from "./port";
import { type ContentSink, lastingSignature, readStable, signatureOf } from "./read-file";

export interface ScanRequest {
  folder: string;
  hiddenPaths: readonly string[];
  /** The entries of the previous snapshot, with known signatures. */
  previous: Entries;
  limits: SnapshotLimits;
  signal?: AbortSignal;
}

export interface ScanResult {
  entries: Entries;
  bytes: number;
  skipped: { path: string; why: string }[];
  torn: string[];
}

/**
 * Larger files with less than half of their size on disk are sparse; reading one would store zeros that use no space.
 */
const SPARSE_FROM_BYTES = 64n * 1024n * 1024n;

const NAMES_AT_ONCE = 256;

interface Scan extends ScanRequest {
  sink: ContentSink;
  result: ScanResult;
  hidden: Hidden;
  pace: ReturnType<typeof createPace>;
  /** Whether the limit on files was reached, which ends the scan. */
  isFull: boolean;
  /** Paths that could not be read. */
  unread: Set<string>;
  unreported: number;
}

/**
 * Lists a folder as a snapshot, and passes contents that differ from the previous snapshot to the sink. Every name is
 * looked up in an open directory, and no link is followed, so nothing from outside gets in. It runs on the event loop
 * in turns of some milliseconds, which is simpler and safer than a worker thread with its own bundled program, and as
 * fast, because reading takes one thread either way.
 */
export async function scan(request: ScanRequest, sink: ContentSink): Promise<ScanResult> {
  const state: Scan = {
    ...request,
    sink,
    isFull: false,
    unreported: 0,
    unread: new Set(),
    hidden: hiddenBelow(request.folder, request.hiddenPaths),
    result: { entries: new Map(), bytes: 0, skipped: [], torn: [] },
    pace: createPace(request.signal),
  };
  request.signal?.throwIfAborted();
  await scanFolder(openRoot(request.folder), "", 0, state);
  if (state.isFull || state.unread.size > 0) await keepUnseen(state);
  if (state.unreported > 0)
    state.result.skipped.push({ path: ".", why: `${state.unreported} more paths were skipped or torn` });
  return state.result;
}

function openRoot(folder: string): number {
  try {
    return openDirectory(folder, []);
  } catch (cause) {
    throw new SnapshotError(`The folder ${JSON.stringify(folder)} could not be opened (${errorCode(cause)}).`, {
      cause,
    });
  }
}

/**
 * Scans a folder and closes the descriptor. `prefix` is the folder's path with a trailing "/", or empty for the root.
 */
async function scanFolder(fd: number, prefix: string, depth: number, state: Scan): Promise<void> {
  try {
    const before = state.result.entries.size + state.unread.size;
    const names = await namesIn(fd, state).catch((error: unknown) => orGone(error, prefix));
    if (names === null) return;
    for (const name of names) {
      if (state.pace.isDue()) await state.pace.yield();
      if (state.isFull) return;
      const pending = scanName(fd, name, prefix + name, depth, state);
      if (pending) await pending;
    }
    if (state.isFull) return;
    if (names.length > state.limits.maxFiles) stopHere(prefix || ".", state);
    else if (prefix !== "" && state.result.entries.size + state.unread.size === before)
      add(state, prefix, EMPTY_FOLDER);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Returns the names in order, so that limits always affect the same files. Reads in steps, because a folder of millions
 * of names must not block the event loop, and stops one name above the limit.
 */
async function namesIn(fd: number, state: Scan): Promise<string[]> {
  const names: string[] = [];
  const folder = fs.opendirSync(pathOf(fd), { bufferSize: NAMES_AT_ONCE });
  try {
    for (let next = folder.readSync(); next && names.length <= state.limits.maxFiles; next = folder.readSync()) {
      names.push(next.name);
      if (state.pace.isDue()) await state.pace.yield();
    }
  } finally {
    folder.closeSync();
  }
  return names.sort();
}

/** A folder below the root that was moved since it was opened has no path on macOS: it is gone. */
function orGone(error: unknown, prefix: string): null {
  if (prefix !== "" && errorCode(error) === "ENOENT") return null;
  throw error;
}

/** A file that one of our tools is writing, or left when it was killed; it gets its real name when it is complete. */
const UNFINISHED = /^\.banyan-[0-9a-f]{12}\.tmp$/;

/** Returns a promise only when there is something to await, because most names are unchanged files. */
function scanName(fd: number, name: string, path: string, depth: number, state: Scan): Promise<void> | undefined {
  if (state.hidden.paths.has(path) || UNFINISHED.test(name)) return;
  let stat: fs.BigIntStats | undefined;
  try {
    stat = fs.lstatSync(childOf(fd, name), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return keepAll(state, path, `the server cannot read its metadata (${errorCode(error)})`);
  }
  // The entry is gone, or its name is not valid UTF-8.
  if (!stat) return name.includes("\ufffd") ? report(state, path, "its name is not UTF-8") : undefined;
  if (state.hidden.inodes.get(stat.ino)?.includes(stat.dev)) return;
  if (state.result.entries.size >= state.limits.maxFiles) return stopHere(path, state);
  if (stat.isDirectory()) return enter(fd, name, path, depth, state);
  if (!stat.isFile() && !stat.isSymbolicLink()) return report(state, path, "it is not a file, folder or link");
  const known = state.previous.get(path);
  if (known && known.signature === signatureOf(stat) && !tooLarge(stat, state)) return add(state, path, known);
  return stat.isFile() ? scanFile(fd, name, path, known, state) : scanLink(fd, name, path, stat, state);
}

function enter(fd: number, name: string, path: string, depth: number, state: Scan): Promise<void> | undefined {
  if (depth >= state.limits.maxDepth) return keepAll(state, path, "it is nested too deeply");
  try {
    return scanFolder(openChildDirectory(fd, name), `${path}/`, depth + 1, state);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error))) return;
    if (errorCode(error) !== "EACCES" && errorCode(error) !== "EPERM") throw error;
    return keepAll(state, path, "the server has no permission to open it");
  }
}

async function scanFile(fd: number, name: string, path: string, known: Entry | undefined, state: Scan): Promise<void> {
  const file = await readStable(fd, name, state.sink, known?.oid, (stat) => tooLarge(stat, state));
  if (file.kind === "gone") return;
  if (file.kind === "refused") return keep(state, path, file.why);
  if (file.kind === "torn") {
    if (isReportable(state)) state.result.torn.push(path);
    return keepEntry(state, path);
  }
  const mode = file.executable ? "100755" : "100644";
  add(state, path, { mode, oid: file.oid, sizeBytes: file.sizeBytes, signature: file.signature });
}

async function scanLink(fd: number, name: string, path: string, stat: fs.BigIntStats, state: Scan): Promise<void> {
  const beganMs = Date.now();
  let target: Buffer;
  try {
    target = fs.readlinkSync(childOf(fd, name), { encoding: "buffer" });
  } catch (error) {
    if (["ENOENT", "EINVAL", "ENOTDIR"].includes(errorCode(error))) return;
    throw error;
  }
  const oid = blobName(target);
  if (oid !== state.previous.get(path)?.oid) await state.sink.small(target, oid);
  const signature = lastingSignature(stat, beganMs);
  add(state, path, { mode: "120000", oid, sizeBytes: target.length, signature });
}

function tooLarge(stat: fs.BigIntStats, { limits, result }: Scan): string | null {
  if (stat.size > limits.maxFileBytes) return `it has more than ${limits.maxFileBytes} bytes`;
  if (stat.size > SPARSE_FROM_BYTES && stat.blocks * 512n < stat.size / 2n) return "most of it is empty space";
  if (result.bytes + Number(stat.size) > limits.maxTotalBytes)
    return `the folder has more than ${limits.maxTotalBytes} bytes`;
  return null;
}

function add(state: Scan, path: string, entry: Entry): undefined {
  state.result.entries.set(path, entry);
  state.result.bytes += entry.sizeBytes;
}

function report(state: Scan, path: string, why: string): undefined {
  if (isReportable(state)) state.result.skipped.push({ path, why });
}

function isReportable(state: Scan): boolean {
  if (state.result.skipped.length + state.result.torn.length < state.limits.maxReported) return true;
  state.unreported += 1;
  return false;
}

// Unreadable is not deleted: otherwise a merge would delete a parent's file because a child could not read it.
function keepEntry(state: Scan, path: string): undefined {
  const known = state.previous.get(path);
  if (known) add(state, path, { ...known, signature: "" });
}

function keep(state: Scan, path: string, why: string): undefined {
  keepEntry(state, path);
  return report(state, path, why);
}

/** Keeps the previous entries at and below a path. */
function keepAll(state: Scan, path: string, why: string): undefined {
  state.unread.add(path);
  return report(state, path, why);
}

function stopHere(path: string, state: Scan): undefined {
  state.isFull = true;
  return report(
    state,
    path,
    `the folder has more than ${state.limits.maxFiles} files: this file and the following files`,
  );
}

/** Restores all previous entries that were not read, in one pass. */
async function keepUnseen(state: Scan): Promise<void> {
  const { entries } = state.result;
  for (const path of state.previous.keys()) {
    if (state.pace.isDue()) await state.pace.yield();
    if (entries.has(path) || !(state.isFull || state.unread.has(path) || isBelow(path, state.unread))) continue;
    if (!isBelow(path, entries)) keepEntry(state, path);
  }
}

/** Whether one of the folders above a path is among the names. */
function isBelow(path: string, names: { has(name: string): boolean }): boolean {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (names.has(path.slice(0, slash))) return true;
  }
  return false;
}

interface Hidden {
  /** Relative to the folder. */
  paths: ReadonlySet<string>;
  /** Inode => devices, to detect hidden files under another name: a hard link, or a moved folder. */
  inodes: ReadonlyMap<bigint, bigint[]>;
}

export function hiddenBelow(folder: string, hiddenPaths: readonly string[]): Hidden {
  const paths = new Set<string>();
  const inodes = new Map<bigint, bigint[]>();
  for (const hidden of allHiddenPaths(hiddenPaths)) {
    const relative = path.relative(folder, hidden);
    // A hidden path above the folder does not count, because a fresh workspace is in the data folder, which is hidden.
    if (relative === "" || folder.startsWith(`${hidden}/`)) continue;
    if (!relative.startsWith("../")) paths.add(relative);
    const stat = fs.lstatSync(hidden, { bigint: true, throwIfNoEntry: false });
    if (stat && !stat.isSymbolicLink()) inodes.set(stat.ino, [...(inodes.get(stat.ino) ?? []), stat.dev]);
  }
  return { paths, inodes };
}
