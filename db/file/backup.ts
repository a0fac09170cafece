/** Copies of the database: made while it is in use, checked before they take its place. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { pendingMigrations, type Sqlite } from "./client";
import { StoreError, storeError } from "./errors";
import { decideRestore, finishRestore, incomingOf, isDecided, removeDatabase, syncFile } from "./restore-mark";

export interface BackupReport {
  file: string;
  sizeBytes: number;
}

/** A consistent copy, also while others write. Refuses to overwrite. Throws StoreError. */
export function backupDatabase(sqlite: Sqlite, to: string): BackupReport {
  const file = resolve(to);
  if (existsSync(file))
    throw new StoreError("not_writable", `There is a file ${file} already: name a new one, nothing is overwritten.`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    sqlite.prepare("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  } catch (error) {
    throw error instanceof StoreError ? error : writeError(error, file);
  }
  return { file, sizeBytes: statSync(file).size };
}

function writeError(error: unknown, file: string): StoreError {
  return new StoreError(
    "not_writable",
    `The backup ${file} cannot be written (${(error as Error).message}): name another file, or free some space.`,
  );
}

export interface RestoreReport {
  /** Where the database that was replaced is kept; null when there was none. */
  kept: string | null;
  /** The restored database is of an older version: the next start migrates it. */
  older: boolean;
}

/** Puts a sound copy in the place of the database `file`, which nobody may use. Throws StoreError; nothing has changed then. */
export function restoreDatabase(from: string, file: string, migrations: string): RestoreReport {
  const source = resolve(from);
  if (!existsSync(source) || !statSync(source).isFile())
    throw new StoreError("unreadable", `There is no file ${source}: name a backup that \`banyan backup\` made.`);
  if (existsSync(file) && realpathSync(source) === realpathSync(file))
    throw new StoreError("in_use", `${source} is the database itself: name a backup.`);
  const pid = existsSync(file) ? holderOf(file) : null;
  if (pid !== null) throw inUse(file, ` by process ${pid}`);
  const incoming = incomingOf(file);
  finishRestore(file);
  removeDatabase(incoming);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    copyFileSync(source, incoming);
    // The last commits of a copied folder stand in its write-ahead log.
    if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${incoming}-wal`);
    chmodSync(incoming, 0o600);
    const older = checkCopy(incoming, source, migrations);
    refuseConnected(file);
    syncFile(incoming);
    const kept = existsSync(file) ? keptName(file) : null;
    // From here on the restore is decided: whoever finds the mark finishes it.
    decideRestore(file, kept);
    finishRestore(file);
    return { kept, older };
  } catch (error) {
    throw storeError(error, source);
  } finally {
    if (!isDecided(file)) removeDatabase(incoming);
  }
}

/** Checks the copy and folds its write-ahead log into it. Returns whether it is of an older version. */
function checkCopy(copy: string, source: string, migrations: string): boolean {
  let sqlite: Sqlite | null = null;
  try {
    sqlite = new Database(copy);
    const verdict = sqlite.pragma("integrity_check(1)", { simple: true });
    if (verdict !== "ok")
      throw new StoreError("unreadable", `The file ${source} is damaged (${verdict}): name another backup.`);
    const tables = sqlite
      .prepare(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('trees', 'tasks', 'messages', '__drizzle_migrations')",
      )
      .pluck();
    if (tables.get() !== 4)
      throw new StoreError("unreadable", `The file ${source} is no database of Banyan: name a backup.`);
    const older = pendingMigrations(sqlite, source, migrations).length > 0;
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
    sqlite.pragma("journal_mode = DELETE");
    return older;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      "unreadable",
      `The file ${source} is no sound database (${(error as Error).message}): name another backup.`,
    );
  } finally {
    sqlite?.close();
  }
}

/** Where the database that is replaced is kept. */
function keptName(file: string): string {
  return join(dirname(file), "backups", `replaced-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.db`);
}

function inUse(file: string, by = ""): StoreError {
  return new StoreError("in_use", `The database ${file} is in use${by}: stop the server first, then restore.`);
}

/** Every open connection holds a lock on the file, so that a switch of its journal is refused while there is another one. */
function refuseConnected(file: string): void {
  if (!existsSync(file)) return;
  let sqlite: Sqlite | null = null;
  try {
    sqlite = new Database(file, { timeout: 200 });
    sqlite.pragma("journal_mode = DELETE");
  } catch (error) {
    // A damaged database is what restoring is for.
    if (((error as { code?: string }).code ?? "").startsWith("SQLITE_BUSY")) throw inUse(file);
  } finally {
    sqlite?.close();
  }
}

/** A process of this machine that has the file open, as far as this user may see; null when there is none. */
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

/** The first fault that a quick check finds; null when the database is sound. */
export function faultOf(sqlite: Sqlite): string | null {
  const verdict = String(sqlite.pragma("quick_check(1)", { simple: true }));
  return verdict === "ok" ? null : verdict;
}
