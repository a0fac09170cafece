import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../workspace/open";
import { type Git, runGit } from "./git";
import { createListings } from "./listings";
import { lockStore } from "./lock";

/**
 * Above this size git neither looks for similar contents nor shows a text diff. A separate command stores such files
 * without compression.
 */
export const LARGE_FILE_BYTES = 8 * 1024 * 1024;

/**
 * Settings for surviving a power loss: the database refers to a snapshot only after `take` has returned, so its
 * objects, packs, indexes and reference are flushed before that. `batch` writes the loose objects of one snapshot and
 * flushes the disk once for all of them. Otherwise the database could name a missing commit. The stat cache is not
 * flushed: it has a checksum, and without it files are only read again.
 */
const CONFIG = `[core]
	repositoryformatversion = 0
	bare = true
	hooksPath = /dev/null
	fsmonitor = false
	protectNTFS = false
	protectHFS = false
	bigFileThreshold = ${LARGE_FILE_BYTES}
	fsync = loose-object,pack,pack-metadata,reference
	fsyncMethod = batch
[gc]
	auto = 0
[repack]
	writeBitmaps = false
[pack]
	threads = 1
[merge]
	directoryRenames = false
	renameLimit = 1000
`;

/** Written last, so a store without it is incomplete. */
const READY = "banyan-ready";

export interface Places {
  gitDir: string;
  cacheDir: string;
  lock: string;
}

export function placesIn(dir: string): Places {
  return { gitDir: path.join(dir, "store.git"), cacheDir: path.join(dir, "cache"), lock: path.join(dir, "lock") };
}

/** Creates a missing store, and removes files of killed processes. Two processes may do so in parallel. */
export async function prepareRepository(dir: string): Promise<void> {
  const places = placesIn(dir);
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  fs.mkdirSync(places.cacheDir, { recursive: true, mode: 0o700 });
  const isReady = () => fs.existsSync(path.join(places.gitDir, READY));
  // A store in use is left alone, because its unfinished files may belong to other processes.
  const lock = await lockStore(places.lock, "exclusive", { wait: !isReady() });
  if (!lock) return;
  try {
    if (isReady()) return removeLeftovers(places);
    const git: Git = { gitDir: places.gitDir, lockFd: lock.fd, listings: createListings() };
    await runGit(git, ["init", "--bare", "--quiet", "--template=", "--object-format=sha1", places.gitDir]);
    fs.writeFileSync(path.join(places.gitDir, "config"), CONFIG);
    fs.writeFileSync(path.join(places.gitDir, READY), "");
  } finally {
    lock.release();
  }
}

/** What git needs to see a repository; its packs are flushed to disk, because they may move into the store. */
const BARE_CONFIG = `[core]
	repositoryformatversion = 0
	bare = true
	fsync = pack,pack-metadata
`;

/** Makes an empty repository without a start of git. It sees the objects of the folder `borrowed`, if there is one. */
export function makeRepository(gitDir: string, borrowed: string | null): void {
  for (const folder of ["objects/info", "objects/pack", "refs"])
    fs.mkdirSync(path.join(gitDir, folder), { recursive: true });
  fs.writeFileSync(path.join(gitDir, "HEAD"), "ref: refs/heads/main\n");
  fs.writeFileSync(path.join(gitDir, "config"), BARE_CONFIG);
  if (borrowed !== null) fs.writeFileSync(path.join(gitDir, "objects/info/alternates"), `${borrowed}\n`);
}

/** Removes half-written files of killed processes. Needs the exclusive lock. */
export function removeLeftovers({ gitDir, cacheDir }: Places): void {
  for (const file of filesBelow(gitDir)) {
    const name = path.basename(file);
    // A pack with a .keep is never repacked; git has one only while it finishes an import.
    const isLeftover =
      /^(tmp_|\.tmp-|fast_import_crash_)/.test(name) || /\.(lock|keep)$/.test(name) || file.includes("/tmp_objdir-");
    if (isLeftover) fs.rmSync(file, { force: true });
  }
  for (const folder of namesIn(path.join(gitDir, "objects")).filter((name) => name.startsWith("tmp_objdir-"))) {
    fs.rmSync(path.join(gitDir, "objects", folder), { recursive: true, force: true });
  }
  for (const name of namesIn(cacheDir))
    if (name.endsWith(".tmp")) fs.rmSync(path.join(cacheDir, name), { recursive: true, force: true });
}

/** Returns the size on disk of the files below a folder. */
export function bytesOnDisk(dir: string): number {
  let bytes = 0;
  for (const file of filesBelow(dir)) bytes += (fs.lstatSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
  return bytes;
}

/** Returns a digest of the store's files: it is the same as long as nothing was added, changed or removed. */
export function stateOf({ gitDir }: Places): string {
  const hash = createHash("sha1");
  for (const file of filesBelow(gitDir)) {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    hash.update(`${file}\0${stat?.size} ${stat?.mtimeMs} ${stat?.ino}\0`);
  }
  return hash.digest("hex");
}

/** What a pack has beside its objects. */
const PACK_FRAME_BYTES = 32;

/** Returns what the objects take, as `rev-list --disk-usage` counts them, with those that nothing refers to. */
export function bytesOfObjects({ gitDir }: Places): number {
  let bytes = 0;
  for (const file of filesBelow(path.join(gitDir, "objects"))) {
    const isPack = file.endsWith(".pack");
    if (!isPack && !/\/[0-9a-f]{2}\/[0-9a-f]{38}$/.test(file)) continue;
    bytes += (fs.lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) - (isPack ? PACK_FRAME_BYTES : 0);
  }
  return bytes;
}

function* filesBelow(dir: string): Generator<string> {
  for (const entry of entriesIn(dir)) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* filesBelow(file);
    else yield file;
  }
}

function entriesIn(dir: string): fs.Dirent[] {
  try {
    return fs.readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

function namesIn(dir: string): string[] {
  return entriesIn(dir).map((entry) => entry.name);
}

/** Flushes new names in a folder of the store to disk, because git flushes files but not folders. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await fs.promises.open(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
