/**
 * Backs up a database in use and checks the copy, in a separate thread, so that the server keeps working however large
 * the database is.
 */
import { existsSync, mkdirSync } from "node:fs";
import { chmod, lstat, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { StoreError } from "./errors";

/** Names of files that `banyan backup` and a restore write; other files in the folder are ignored. */
const NAME = /^(banyan|replaced)-[\w-]{1,60}\.db$/;
const PART = ".part";

/** The order to the thread of copy-database.mjs. */
export interface CopyOrder {
  from: string;
  to: string;
}

/** The thread's messages: first that the copy is written, then how many messages it holds. */
export type CopyNews = "copied" | { messages: number };

export interface BackupFile {
  name: string;
  sizeBytes: number;
  madeAtMs: number;
  kind: "backup" | "replaced";
}

export interface RunningBackup {
  name: string;
  sinceMs: number;
  step: "copying" | "checking";
}

export interface LiveBackups {
  folder: string;
  /** Resolves with the backups, newest first. */
  list(): Promise<BackupFile[]>;
  /** Resolves with the backup in progress and its written bytes, or null. */
  running(): Promise<(RunningBackup & { writtenBytes: number }) | null>;
  /** Returns the result of the last backup. */
  last(): { ok: boolean; sentence: string; atMs: number } | null;
  /** Makes a backup, one at a time. Rejects with a StoreError. */
  make(): Promise<{ name: string; sizeBytes: number; messages: number }>;
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
}

interface BackupContext extends LiveBackupOptions {
  folder: string;
  running: RunningBackup | null;
  last: ReturnType<LiveBackups["last"]>;
}

export function createLiveBackups(options: LiveBackupOptions): LiveBackups {
  const folder = join(options.dataDir, "backups");
  const backups: BackupContext = { ...options, folder, running: null, last: null };
  return {
    folder,
    find: (name) => find(backups, name),
    list: () => list(backups),
    running: () => runningNow(backups),
    last: () => backups.last,
    make: () => makeAndTell(backups),
    remove: (name) => remove(backups, name),
    freeBytes: () =>
      statfs(options.dataDir).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      ),
  };
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
  return { name, sizeBytes, madeAtMs, kind: name.startsWith("banyan-") ? "backup" : "replaced" };
}

async function runningNow(backups: BackupContext): ReturnType<LiveBackups["running"]> {
  if (!backups.running) return null;
  const written = await lstat(join(backups.folder, backups.running.name + PART)).catch(() => null);
  return backups.running && { ...backups.running, writtenBytes: written?.size ?? 0 };
}

async function makeAndTell(backups: BackupContext): ReturnType<LiveBackups["make"]> {
  const { now } = backups;
  try {
    const made = await make(backups);
    backups.last = {
      ok: true,
      sentence: `Made the backup ${made.name} and checked it by reading it back.`,
      atMs: now(),
    };
    return made;
  } catch (error) {
    if (!backups.running) backups.last = { ok: false, sentence: (error as Error).message, atMs: now() };
    throw error;
  }
}

async function make(backups: BackupContext): ReturnType<LiveBackups["make"]> {
  const { folder, now, running } = backups;
  if (running)
    throw new StoreError("in_use", `The backup ${running.name} is still in progress: wait until it is done.`);
  const name = `banyan-${new Date(now()).toISOString().replaceAll(/[:.]/g, "-")}.db`;
  const current: RunningBackup = { name, sinceMs: now(), step: "copying" };
  backups.running = current;
  const part = join(folder, name + PART);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    if (existsSync(join(folder, name))) throw new Error(`${name} exists already`);
    const messages = await copyInThread(backups, part, () => {
      current.step = "checking";
    });
    await chmod(part, 0o600);
    await rename(part, join(folder, name));
    const { sizeBytes } = (await find(backups, name)) ?? { sizeBytes: 0 };
    return { name, sizeBytes, messages };
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error instanceof StoreError ? error : failed(error, folder);
  } finally {
    backups.running = null;
  }
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
    const thread = new Worker(join(program, "db", "file", "copy-database.mjs"), { env: {}, workerData: order });
    let messages: number | null = null;
    thread.on("message", (news: CopyNews) => {
      if (news === "copied") onCopied();
      else messages = news.messages;
    });
    thread.once("error", reject);
    thread.once("exit", () => (messages === null ? reject(new Error("the copy ended too early")) : resolve(messages)));
  });
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
