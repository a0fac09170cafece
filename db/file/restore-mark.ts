/**
 * A restore in steps that survives a kill between any two of them: first the new database is complete next to the old
 * one, then a mark decides the restore, then the new database replaces the old one. The next process that opens the
 * database finishes a decided restore.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { StoreError } from "./errors";

export const incomingOf = (file: string) => `${file}.restoring`;
const markOf = (file: string) => `${file}.restore-decided`;

export const isDecided = (file: string): boolean => existsSync(markOf(file));

/**
 * Returns the path at which a restore keeps the replaced database: in `backups` beside it, or in its own folder when
 * nothing can be moved there, such as onto another disk. Found out by a try, because a restore that is decided has to
 * be finished.
 */
export function placeToKeep(file: string, name: string): string {
  const folder = join(dirname(file), "backups");
  const [tried, moved] = [`${file}.restore-tried`, join(folder, ".restore-tried")];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(tried, "", { mode: 0o600 });
    renameSync(tried, moved);
    return join(folder, name);
  } catch {
    return join(dirname(file), name);
  } finally {
    for (const path of [tried, moved]) removeQuietly(path);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is empty, and the next restore tries again.
  }
}

/**
 * Finishes a restore that was decided and then interrupted; call it before opening the database. Each step can be
 * repeated without harm. So wherever a kill hit, either the old database is still complete, or this installs the new one.
 * Throws StoreError.
 */
export function finishRestore(file: string): void {
  const mark = markOf(file);
  if (!existsSync(mark)) return;
  try {
    const { kept } = JSON.parse(readFileSync(mark, "utf8")) as { kept: string | null };
    if (existsSync(incomingOf(file))) install(file, kept);
    rmSync(mark, { force: true });
  } catch (error) {
    const folder = dirname(file);
    const sentence = `A restore of the database ${file} was interrupted and cannot be finished (${(error as Error).message}): make the folders ${folder} and ${join(folder, "backups")} writable for this user and keep them on one disk, then start again.`;
    throw new StoreError("not_writable", sentence, { cause: error });
  }
}

function install(file: string, kept: string | null): void {
  if (kept !== null) {
    mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
    for (const ending of ["-wal", "-shm", ""]) if (existsSync(file + ending)) renameSync(file + ending, kept + ending);
  } else removeDatabase(file);
  renameSync(incomingOf(file), file);
  syncFile(dirname(file));
}

/** Writes the mark atomically: to a temporary file, which is then renamed. */
export function decideRestore(file: string, kept: string | null): void {
  const written = `${markOf(file)}.new`;
  writeFileSync(written, JSON.stringify({ kept }), { mode: 0o600 });
  syncFile(written);
  renameSync(written, markOf(file));
  syncFile(dirname(file));
}

/** Flushes a file to the disk; for a folder, the names of its files. */
export function syncFile(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function removeDatabase(file: string): void {
  for (const ending of ["", "-wal", "-shm", "-journal"]) rmSync(file + ending, { force: true });
}
