/** Backs up a database while it is in use, and restores a backup after checking it. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { bytes } from "@/core/words/figures";
import { DATA_LEVELS, refuseNewerLevel } from "./data-level";
import { StoreError, storeError } from "./errors";
import { foreignPart } from "./foreign-part";
import { pendingMigrations, readMigrations } from "./migrations";
import { createPrivateFile } from "./private-file";
import {
  decideRestore,
  finishRestore,
  incomingOf,
  isDecided,
  placeToKeep,
  removeDatabase,
  syncFile,
} from "./restore-mark";
import type { Sqlite } from "./sqlite";

/** How the folder of a check's copy begins; the process follows. */
const CHECK = "restore-check-";
const CHECK_YOUNG_MS = 10 * 60_000;

export interface BackupReport {
  file: string;
  sizeBytes: number;
}

/**
 * Makes a consistent copy, also while others write, and reads it back. The file has its name only when it is complete.
 * Refuses to overwrite a file. Throws StoreError.
 */
export function backupDatabase(sqlite: Sqlite, to: string): BackupReport {
  const file = resolve(to);
  const part = `${file}.part`;
  if (existsSync(file))
    throw new StoreError("not_writable", `The file ${file} exists: name a new file, because backups never overwrite.`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    removeDatabase(part);
    createPrivateFile(part);
    sqlite.prepare("VACUUM INTO ?").run(part);
    refuseDamaged(part);
    syncFile(part);
    renameSync(part, file);
    syncFile(dirname(file));
  } catch (error) {
    removeDatabase(part);
    throw error instanceof StoreError ? error : writeError(error, file);
  }
  return { file, sizeBytes: statSync(file).size };
}

function refuseDamaged(copy: string): void {
  const sqlite = new Database(copy, { readonly: true });
  try {
    const verdict = sqlite.pragma("integrity_check(1)", { simple: true });
    if (verdict !== "ok") throw new Error(`the copy is damaged: ${verdict}`);
  } finally {
    sqlite.close();
  }
}

function writeError(error: unknown, file: string): StoreError {
  return new StoreError(
    "not_writable",
    `Cannot write the backup ${file} (${(error as Error).message}): name another file, or free some space.`,
  );
}

/** What a backup holds. */
export interface BackupContents {
  trees: number;
  /** Trees that had not ended, which continue after a restore. */
  openTrees: number;
  messages: number;
  /** Time of its newest message; null when it has none. */
  newestAtMs: number | null;
  /** Whether it is of an older version, which the next start migrates. */
  older: boolean;
}

export interface RestoreReport {
  /** File that keeps the replaced database; null when there was none. */
  kept: string | null;
  contents: BackupContents;
}

/** Checks a backup on a copy in `folder`, and changes nothing. Throws StoreError. */
export function checkBackup(from: string, folder: string, migrations: string): BackupContents {
  const source = backupAt(from);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeLeftChecks(folder);
  const at = mkdtempSync(join(folder, `${CHECK}${process.pid}-`));
  try {
    const copy = join(at, "copy.db");
    copyDatabase(source, copy);
    return checkCopy(copy, source, migrations);
  } catch (error) {
    throw storeError(error, source);
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

/** Removes the copies of checks that were interrupted, each as large as a database. */
function removeLeftChecks(folder: string): void {
  for (const name of list(folder)) {
    const pid = name.startsWith(CHECK) ? Number.parseInt(name.slice(CHECK.length), 10) : Number.NaN;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    // A process of another container cannot be seen, so a young copy may be in use.
    const isYoung = stat === undefined || Date.now() - stat.mtimeMs < CHECK_YOUNG_MS;
    if (Number.isNaN(pid) || isYoung || isAlive(pid)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}

function backupAt(from: string): string {
  const source = resolve(from);
  if (existsSync(source) && statSync(source).isFile()) return source;
  throw new StoreError("unreadable", `There is no file ${source}: name a backup made by \`banyan backup\`.`);
}

function copyDatabase(source: string, to: string): void {
  // In a copied data folder the write-ahead log holds the last commits.
  const log = statSync(`${source}-wal`, { throwIfNoEntry: false });
  if (log && !log.isFile())
    throw new StoreError("unreadable", `${source}-wal is not a file: remove it, or name another backup.`);
  refuseLargerThanDisk(source, statSync(source).size + (log?.size ?? 0), dirname(to));
  copyFileSync(source, to);
  if (log) copyFileSync(`${source}-wal`, `${to}-wal`);
  chmodSync(to, 0o600);
}

/** A sparse file is small where it lies and fills the disk when it is copied. */
function refuseLargerThanDisk(source: string, sizeBytes: number, folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (sizeBytes <= bavail * bsize) return;
  throw new StoreError(
    "full",
    `A copy of ${source} needs ${bytes(sizeBytes)}, and the disk of ${folder} has ${bytes(bavail * bsize)} left: free some space, or name another backup.`,
  );
}

/** Replaces the database `file`, which no process may use, by a checked copy of `from`. Throws StoreError and changes nothing then. */
export function restoreDatabase(from: string, file: string, migrations: string): RestoreReport {
  const source = backupAt(from);
  if (existsSync(file) && realpathSync(source) === realpathSync(file))
    throw new StoreError("in_use", `${source} is the database itself: name a backup.`);
  refuseHeld(file);
  const incoming = incomingOf(file);
  finishRestore(file);
  removeDatabase(incoming);
  removeLeftChecks(dirname(file));
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    copyDatabase(source, incoming);
    const contents = checkCopy(incoming, source, migrations);
    // These may take minutes, in which a server may have started.
    syncFile(incoming);
    const kept = existsSync(file) ? placeToKeep(file, keptName()) : null;
    refuseConnected(file);
    refuseHeld(file);
    // From here on the restore is decided: the next process that finds the mark finishes it.
    decideRestore(file, kept);
    finishRestore(file);
    return { kept, contents };
  } catch (error) {
    throw storeError(error, source);
  } finally {
    if (!isDecided(file)) removeDatabase(incoming);
  }
}

/** Checks the copy and merges its write-ahead log into it. */
function checkCopy(copy: string, source: string, migrations: string): BackupContents {
  let sqlite: Sqlite | null = null;
  try {
    sqlite = new Database(copy);
    // Before anything else is read: a view may stand where a table is expected.
    const foreign = foreignPart(sqlite, readMigrations(migrations));
    if (foreign)
      throw new StoreError(
        "unreadable",
        `The file ${source} is no backup of Banyan: it holds the ${foreign}, which could change data unseen. Name another backup.`,
      );
    const verdict = sqlite.pragma("integrity_check(1)", { simple: true });
    if (verdict !== "ok")
      throw new StoreError("unreadable", `The file ${source} is damaged (${verdict}): name another backup.`);
    const tables = sqlite
      .prepare(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('trees', 'tasks', 'messages', '__drizzle_migrations')",
      )
      .pluck();
    if (tables.get() !== 4)
      throw new StoreError("unreadable", `The file ${source} is not a Banyan database: name a backup.`);
    refuseNewerLevel(sqlite, source, DATA_LEVELS);
    const older = pendingMigrations(sqlite, source, readMigrations(migrations)).length > 0;
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
    sqlite.pragma("journal_mode = DELETE");
    return { ...countsOf(sqlite), older };
  } catch (error) {
    const sorted = storeError(error, copy);
    // A disk of this machine that is full or fails says nothing about the backup.
    if (error instanceof StoreError || sorted.kind === "full" || sorted.kind === "disk") throw sorted;
    throw new StoreError(
      "unreadable",
      `The file ${source} is not a readable database (${(error as Error).message}): name another backup.`,
    );
  } finally {
    sqlite?.close();
  }
}

function countsOf(sqlite: Sqlite): Omit<BackupContents, "older"> {
  // What a fork copied or an archive brought has the time of its origin. Older backups do not have the column.
  const columns = sqlite.prepare("SELECT name FROM pragma_table_info('messages')").pluck().all();
  const own = columns.includes("origin_seq") ? "WHERE origin_seq IS NULL" : "";
  return sqlite
    .prepare(`
      SELECT (SELECT count(*) FROM trees) AS trees, (SELECT count(*) FROM trees WHERE ended_at_ms IS NULL) AS openTrees,
        (SELECT count(*) FROM messages) AS messages,
        (SELECT created_at_ms FROM messages ${own} ORDER BY id DESC LIMIT 1) AS newestAtMs`)
    .get() as Omit<BackupContents, "older">;
}

/** Returns the name of the file that will keep the replaced database. */
function keptName(): string {
  return `replaced-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.db`;
}

function inUse(file: string, by = ""): StoreError {
  return new StoreError("in_use", `The database ${file} is in use${by}: stop the server, then restore.`);
}

/** Throws when another process has the file open. */
function refuseHeld(file: string): void {
  const pid = existsSync(file) ? holderOf(file) : null;
  if (pid !== null) throw inUse(file, ` by process ${pid}`);
}

/** Throws when another connection is open. SQLite refuses to switch the journal mode then. */
function refuseConnected(file: string): void {
  if (!existsSync(file)) return;
  let sqlite: Sqlite | null = null;
  try {
    sqlite = new Database(file, { timeout: 200 });
    sqlite.pragma("journal_mode = DELETE");
  } catch (error) {
    // Other errors mean that the database is damaged, which is a reason to restore.
    if (((error as { code?: string }).code ?? "").startsWith("SQLITE_BUSY")) throw inUse(file);
  } finally {
    sqlite?.close();
  }
}

/** Returns a process that has the file open, as far as this user can see; null when there is none. */
export function holderOf(file: string): number | null {
  const wanted = realpathSync(file);
  for (const name of list("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const folder = `/proc/${name}/fd`;
    if (list(folder).some((descriptor) => linkOf(`${folder}/${descriptor}`) === wanted)) return Number(name);
  }
  return null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

/** Returns the first fault that a quick check finds, or null. */
export function faultOf(sqlite: Sqlite): string | null {
  const verdict = String(sqlite.pragma("quick_check(1)", { simple: true }));
  return verdict === "ok" ? null : verdict;
}
