import fs from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { childOf, errorCode, openChildDirectory, openDirectory, openRegularFile, pathOf } from "./open";
import { type HiddenEntries, hiddenEntries, WorkspaceError } from "./path";

/** A found entry. `path` is relative to the walk's start, with "/" between names. */
export interface WalkEntry {
  path: string;
  name: string;
  kind: "file" | "directory" | "link" | "other";
  sizeBytes: number;
  stat: fs.Stats;
  /** Opens the file, unless it was swapped since. The caller closes it. Valid until the next entry is requested. */
  open(): { fd: number; stat: fs.Stats };
  /** Returns the target of a link, as text. */
  readLink(): string;
}

export interface WalkOptions {
  /** Names of folders that are listed but not entered. */
  skip?: ReadonlySet<string>;
  hiddenPaths?: readonly string[];
  maxEntries?: number;
  maxDepth?: number;
  /** 0: only the entries of the start. */
  depth?: number;
  signal?: AbortSignal;
  /** Called for each entered folder before its entries; the path is "" for the start. The walk keeps the descriptor. */
  onFolder?(path: string, directoryFd: number): void;
  /** Whether to enter a folder; it is yielded in any case. */
  enters?(path: string): boolean;
}

export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([".git", "node_modules"]);
const WALK_MAX_ENTRIES = 200_000;
/** Bounded, because each level holds one descriptor. */
const WALK_MAX_DEPTH = 128;
const ENTRIES_PER_TURN = 200;
/** The longest time without yielding to the event loop, because the caller's work on an entry may take long. */
const TURN_MAX_MS = 20;

interface Walk extends WalkOptions {
  hidden: HiddenEntries;
  seen: number;
  lastTurnAtMs: number;
}

/**
 * Yields the entries below a folder, each folder before its contents, names in order. Links are yielded and never
 * followed; hidden paths are skipped. Throws a `WorkspaceError` above the limit on entries, and the signal's reason.
 */
export async function* walk(
  root: string,
  parts: readonly string[] = [],
  options: WalkOptions = {},
): AsyncGenerator<WalkEntry> {
  const state: Walk = {
    ...options,
    hidden: hiddenEntries(options.hiddenPaths ?? []),
    seen: 0,
    lastTurnAtMs: performance.now(),
  };
  const fd = openDirectory(root, parts);
  yield* walkDirectory(fd, [root, ...parts].join("/"), "", 0, state);
}

async function* walkDirectory(
  fd: number,
  absolute: string,
  prefix: string,
  depth: number,
  state: Walk,
): AsyncGenerator<WalkEntry> {
  try {
    state.onFolder?.(prefix.slice(0, -1), fd);
    for (const name of namesIn(fd, prefix)) {
      const hostPath = `${absolute}/${name}`;
      const stat = statChild(fd, name);
      if (!stat || state.hidden.has(hostPath, stat)) continue;
      await pace(state);
      const entry = entryOf(fd, `${prefix}${name}`, name, stat);
      yield entry;
      if (!mayEnter(entry, depth, state)) continue;
      const childFd = openIfStillFolder(fd, name);
      if (childFd !== null) yield* walkDirectory(childFd, hostPath, `${prefix}${name}/`, depth + 1, state);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** A folder that was moved since it was opened has no path on macOS, and is passed over like one that was deleted. */
function namesIn(fd: number, prefix: string): string[] {
  try {
    return fs.readdirSync(pathOf(fd)).sort();
  } catch (error) {
    if (prefix !== "" && errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function entryOf(fd: number, path: string, name: string, stat: fs.Stats): WalkEntry {
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "other";
  return {
    path,
    name,
    kind,
    sizeBytes: stat.size,
    stat,
    open: () => openRegularFile(fd, name),
    readLink: () => fs.readlinkSync(childOf(fd, name)),
  };
}

function mayEnter(entry: WalkEntry, depth: number, state: Walk): boolean {
  if (entry.kind !== "directory" || state.skip?.has(entry.name)) return false;
  if (state.enters && !state.enters(entry.path)) return false;
  return depth < Math.min(state.depth ?? WALK_MAX_DEPTH, state.maxDepth ?? WALK_MAX_DEPTH);
}

async function pace(state: Walk): Promise<void> {
  state.signal?.throwIfAborted();
  state.seen += 1;
  const maxEntries = state.maxEntries ?? WALK_MAX_ENTRIES;
  if (state.seen > maxEntries) {
    throw new WorkspaceError(`The folder has more than ${maxEntries} files and folders; name a smaller folder.`);
  }
  if (state.seen % ENTRIES_PER_TURN !== 0 && performance.now() - state.lastTurnAtMs < TURN_MAX_MS) return;
  await nextTurn();
  state.lastTurnAtMs = performance.now();
}

/** Returns null when the entry is gone, or its name is not UTF-8 and cannot be used in a path. */
function statChild(fd: number, name: string): fs.Stats | null {
  try {
    return fs.lstatSync(childOf(fd, name), { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function openIfStillFolder(fd: number, name: string): number | null {
  try {
    return openChildDirectory(fd, name);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes(errorCode(error))) return null;
    throw error;
  }
}
