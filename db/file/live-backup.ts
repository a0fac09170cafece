/**
 * Backs up a database in use and checks the copy, in a separate thread, so that the server keeps working however large
 * the database is.
 */
import { existsSync, mkdirSync } from "node:fs";
import { lstat, open, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Backup } from "@/core/shapes/operations";
import { bytes } from "@/core/words/figures";
import { StoreError } from "./errors";
import { createPrivateFile } from "./private-file";

/** Names of files that backups and a restore write; other files in the folder are ignored. */
const NAME = /^(banyan|replaced)-[\w-]{1,60}\.db$/;
const TIMED = /^banyan-(?:scheduled-)?(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d-\d{3})Z\.db$/;
const STARTS: Record<BackupKind, string> = { backup: "banyan-", scheduled: "banyan-scheduled-" };
const PART = ".part";
const CLOCK_TOLERANCE_MS = 60_000;
/** Left on the disk beside a backup, so that the database can still grow. */
const SPARE_BYTES = 100_000_000;

/** The order to the thread of copy-database.mjs. */
export interface CopyOrder {
  from: string;
  to: string;
}

/** The thread's messages: first that the copy is written, then how many messages it holds. */
export type CopyNews = "copied" | { messages: number };

/** Who started the backup: a person, or the schedule, which removes its own oldest backups. */
export type BackupKind = Exclude<Backup["kind"], "replaced">;

interface BackupFile {
  name: string;
  sizeBytes: number;
  madeAtMs: number;
  kind: Backup["kind"];
}

export interface MadeBackup {
  name: string;
  file: string;
  sizeBytes: number;
  messages: number;
}

interface RunningBackup {
  name: string;
  sinceMs: number;
  step: "copying" | "checking";
}

export interface LiveBackups {
  folder: string;
  /** Resolves with the backups, newest first. */
  list(): Promise<BackupFile[]>;
  /** Returns this process's backup in progress, or null. */
  running(): RunningBackup | null;
  /** Resolves with the bytes that are written of a backup in progress, in this process or another one; null without a file. */
  writtenBytes(name: string): Promise<number | null>;
  /** Returns the name of a backup that begins at this time. */
  nameAt(ms: number, kind: BackupKind): string;
  /**
   * Makes a backup, one at a time. The caller makes sure that no other process makes one. Rejects with a StoreError.
   */
  make(name: string): Promise<MadeBackup>;
  /** Removes the oldest scheduled backups beyond this number, but never the one that was just made. */
  keepNewest(number: number, made: string): Promise<void>;
  /** Returns who made the backup of this name. */
  kindOf(name: string): Backup["kind"];
  /** Resolves with the backup's path, or null when no backup has that name. */
  find(name: string): Promise<{ file: string; sizeBytes: number } | null>;
  /** Resolves with false when no backup has that name. */
  remove(name: string): Promise<boolean>;
  /** Resolves with the free bytes on the disk, or null when they are unknown. */
  freeBytes(): Promise<number | null>;
}

export interface LiveBackupOptions {
  database: string;
  dataDir: string;
  /** Folder of the running release's files. */
  program: string;
  now: () => number;
  /** Resolves with the free bytes of a folder's disk; null when they are unknown. Tests replace it. */
  freeBytesOf?: (folder: string) => Promise<number | null>;
}

interface BackupContext extends LiveBackupOptions {
  folder: string;
  running: RunningBackup | null;
  freeBytesOf: (folder: string) => Promise<number | null>;
}

export function createLiveBackups(options: LiveBackupOptions): LiveBackups {
  const folder = join(options.dataDir, "backups");
  const backups: BackupContext = { freeBytesOf, ...options, folder, running: null };
  return {
    folder,
    find: (name) => find(backups, name),
    kindOf,
    list: () => list(backups),
    running: () => backups.running,
    writtenBytes: (name) => writtenBytes(backups, name),
    nameAt,
    make: (name) => make(backups, name),
    keepNewest: (number, made) => keepNewest(backups, number, made),
    remove: (name) => remove(backups, name),
    freeBytes: () => backups.freeBytesOf(options.dataDir),
  };
}

function freeBytesOf(folder: string): Promise<number | null> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

async function find({ folder }: BackupContext, name: string) {
  if (!NAME.test(name)) return null;
  const file = join(folder, name);
  // A link could lead outside the folder, so only regular files count.
  const found = await lstat(file).catch(() => null);
  return found?.isFile() ? { file, sizeBytes: found.size, madeAtMs: found.mtimeMs } : null;
}

async function list(backups: BackupContext): Promise<BackupFile[]> {
  const names = await readdir(backups.folder).catch(() => [] as string[]);
  const found = await Promise.all(names.map((name) => describe(backups, name)));
  return found.filter((file) => file !== null).sort((a, b) => b.madeAtMs - a.madeAtMs || (a.name < b.name ? 1 : -1));
}

async function describe(backups: BackupContext, name: string): Promise<BackupFile | null> {
  const found = await find(backups, name);
  if (!found) return null;
  const { sizeBytes, madeAtMs } = found;
  return { name, sizeBytes, madeAtMs, kind: kindOf(name) };
}

function kindOf(name: string): BackupFile["kind"] {
  if (name.startsWith(STARTS.scheduled)) return "scheduled";
  return name.startsWith(STARTS.backup) ? "backup" : "replaced";
}

async function writtenBytes({ folder }: BackupContext, name: string): Promise<number | null> {
  if (!NAME.test(name)) return null;
  const written = await lstat(join(folder, name + PART)).catch(() => null);
  return written?.size ?? null;
}

async function make(backups: BackupContext, name: string): Promise<MadeBackup> {
  const { folder, now, running } = backups;
  if (running)
    throw new StoreError("in_use", `The backup ${running.name} is still in progress: wait until it is done.`);
  const current: RunningBackup = { name, sinceMs: now(), step: "copying" };
  backups.running = current;
  const file = join(folder, name);
  const part = file + PART;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    if (existsSync(file)) throw new Error(`${name} exists already`);
    await refuseFullDisk(backups);
    createPrivateFile(part);
    const messages = await copyInThread(backups, part, () => {
      current.step = "checking";
    });
    await flush(part);
    await rename(part, file);
    await flush(folder);
    const { sizeBytes } = (await find(backups, name)) ?? { sizeBytes: 0 };
    return { name, file, sizeBytes, messages };
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error instanceof StoreError ? error : failed(error, folder);
  } finally {
    backups.running = null;
  }
}

/** Refuses before the copy begins: a copy that fills the disk would stop the database too. */
async function refuseFullDisk({ folder, database, freeBytesOf: freeOf }: BackupContext): Promise<void> {
  const free = await freeOf(folder);
  const sizes = [database, `${database}-wal`].map((file) =>
    lstat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  const needed = (await Promise.all(sizes)).reduce((sum, size) => sum + size, SPARE_BYTES);
  if (free === null || free >= needed) return;
  throw new StoreError(
    "full",
    `Cannot make a backup in ${folder}: it needs ${bytes(needed)} of free disk and ${bytes(free)} are free; delete old backups or trees, or make the disk larger.`,
  );
}

async function keepNewest(backups: BackupContext, number: number, made: string): Promise<void> {
  const scheduled = (await list(backups)).filter(({ kind }) => kind === "scheduled");
  const sorted = newestFirst(
    scheduled.map(({ name }) => name),
    backups.now(),
  );
  for (const name of sorted.slice(number)) if (name !== made) await remove(backups, name);
}

/**
 * Sorts names of backups by the time in them, because copying a file changes its own time. Those of the future were made
 * while the clock was wrong and count as the oldest: they would push out each new backup. Names without a time come last.
 */
export function newestFirst(names: readonly string[], nowMs: number): string[] {
  const rank = (name: string) => {
    const atMs = timeIn(name);
    return atMs === null ? 2 : Number(atMs > nowMs + CLOCK_TOLERANCE_MS);
  };
  return [...names].sort((a, b) => rank(a) - rank(b) || (timeIn(b) ?? 0) - (timeIn(a) ?? 0) || (a < b ? 1 : -1));
}

/** Returns the time in the name of a backup, when it began; null for a name of another form. */
export function timeIn(name: string): number | null {
  const [, day, hour, minute, second] = TIMED.exec(name) ?? [];
  const atMs = Date.parse(`${day}T${hour}:${minute}:${second?.replace("-", ".")}Z`);
  return Number.isNaN(atMs) ? null : atMs;
}

function nameAt(ms: number, kind: BackupKind): string {
  return `${STARTS[kind]}${new Date(ms).toISOString().replaceAll(/[:.]/g, "-")}.db`;
}

async function remove(backups: BackupContext, name: string): Promise<boolean> {
  const found = await find(backups, name);
  if (!found) return false;
  for (const ending of ["", "-wal", "-shm"]) await rm(found.file + ending, { force: true });
  return true;
}

/** Resolves with the number of messages in the copy. The thread runs a separate file of the release, because a bundle has none. */
function copyInThread({ program, database }: BackupContext, to: string, onCopied: () => void): Promise<number> {
  const order: CopyOrder = { from: database, to };
  return new Promise((resolve, reject) => {
    const thread = new Worker(join(program, "db", "file", "copy-database.mjs"), {
      env: {},
      // The flags of this process may not be allowed for a file.
      execArgv: [],
      workerData: order,
    });
    let messages: number | null = null;
    thread.on("message", (news: CopyNews) => {
      if (news === "copied") onCopied();
      else messages = news.messages;
    });
    thread.once("error", reject);
    thread.once("exit", () => (messages === null ? reject(new Error("the copy ended too early")) : resolve(messages)));
  });
}

/** Flushes a file or a folder to the disk. It never blocks this thread, because a large copy takes seconds. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deletes the partial copies of a killed process. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART) || !NAME.test(name.slice(0, -PART.length))) continue;
    await rm(join(folder, name), { force: true });
    await rm(join(folder, `${name}-journal`), { force: true });
  }
}

function failed(error: unknown, folder: string): StoreError {
  return new StoreError(
    "not_writable",
    `Cannot make a backup in ${folder} (${(error as Error).message}): free some space, or make the folder writable.`,
  );
}
