/**
 * The copies of a database that Banyan makes before it migrates it: `backups/before-MIGRATION-TIME.db` beside it. They
 * are for going back to the version before, so only the newest few stay.
 */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createPrivateFile } from "./private-file";
import { removeDatabase, syncFile } from "./restore-mark";
import type { Sqlite } from "./sqlite";

/** How many upgrades a person can go back. */
const KEPT_COPIES = 3;

/** A copy that is being made grows more often than this. */
const YOUNG_MS = 10 * 60_000;

const COPY = /^before-.+-(\d+)\.db(\.part)?$/;

export interface MigrationCopy {
  file: string;
  sizeBytes: number;
  madeAtMs: number;
}

/** Copies the database `file` before its migration `name`, and returns the copy. It has its name only when it is complete. */
export function copyBefore(sqlite: Sqlite, file: string, name: string): string {
  const folder = folderOf(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, `before-${name}-${Date.now()}.db`);
  const part = `${copy}.part`;
  try {
    createPrivateFile(part);
    sqlite.prepare("VACUUM INTO ?").run(part);
    syncFile(part);
    renameSync(part, copy);
    syncFile(folder);
  } catch (error) {
    removeDatabase(part);
    throw error;
  }
  return copy;
}

/** Removes older copies before the migration `name`, which tries that were killed have left: the database is as it was. */
export function removeFormerTries(file: string, copy: string, name: string): void {
  const [made, ...older] = listCopies(file).filter((other) => basename(other.file).startsWith(`before-${name}-`));
  // A younger one is of another process, which migrates at the same time.
  if (made?.file === copy) for (const other of older) removeDatabase(other.file);
}

/** Returns the copies of the database `file`, newest first. */
export function listCopies(file: string): MigrationCopy[] {
  return filesOf(file).filter((copy) => !isPart(copy));
}

function isPart({ file }: MigrationCopy): boolean {
  return file.endsWith(".part");
}

/**
 * Removes the partial copies of killed processes. The newest one may be of a process that starts at the same time, whose
 * number says nothing, because each launch counts its processes from the first one on.
 */
function removeLeftParts(file: string): void {
  for (const [index, { file: part }] of filesOf(file).filter(isPart).entries()) {
    const stat = statSync(part, { throwIfNoEntry: false });
    const isYoung = stat !== undefined && Date.now() - stat.mtimeMs < YOUNG_MS;
    if (index > 0 || !isYoung) removeIfAllowed(part);
  }
}

/** A folder that cannot be written must not keep the database from being opened. */
function removeIfAllowed(part: string): void {
  try {
    removeDatabase(part);
  } catch {
    // The next start tries again.
  }
}

/** Removes all copies but the newest few. Call it when the migration has succeeded. */
export function removeOldCopies(file: string): void {
  for (const copy of listCopies(file).slice(KEPT_COPIES)) rmSync(copy.file, { force: true });
}

/** Makes copies of earlier versions readable for their owner only, except another account's, and removes partial ones. */
export function tidyCopies(file: string): void {
  removeLeftParts(file);
  for (const copy of filesOf(file)) {
    const stat = statSync(copy.file, { throwIfNoEntry: false });
    if (stat && (stat.mode & 0o077) !== 0 && stat.uid === process.getuid?.()) chmodSync(copy.file, 0o600);
  }
}

function folderOf(file: string): string {
  return join(dirname(file), "backups");
}

function filesOf(file: string): MigrationCopy[] {
  const folder = folderOf(file);
  const found: MigrationCopy[] = [];
  for (const name of namesIn(folder)) {
    const [, time] = COPY.exec(name) ?? [];
    const stat = time === undefined ? undefined : statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile()) found.push({ file: join(folder, name), sizeBytes: stat.size, madeAtMs: Number(time) });
  }
  return found.sort((a, b) => b.madeAtMs - a.madeAtMs);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
