import { chmodSync, existsSync, mkdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { bytes } from "@/core/words/figures";
import { addWholeBody } from "./bodies";
import { DATA_LEVELS, type DataLevels, raiseLevel, refuseNewerLevel } from "./data-level";
import { StoreError, storeError } from "./errors";
import { claimForLauncher, type LauncherClaim, refuseOtherLauncher } from "./launcher-claim";
import { prepareLazily } from "./lazy-statements";
import { copyBefore, removeFormerTries, removeOldCopies, tidyCopies } from "./migration-copies";
import { applyMigrations, type Migration, pendingMigrations, readMigrations } from "./migrations";
import { finishRestore, removeDatabase } from "./restore-mark";
import type { Sqlite } from "./sqlite";

export type { Sqlite } from "./sqlite";

export interface Client {
  file: string;
  sqlite: Sqlite;
  close(): void;
}

export interface OpenOptions {
  /** FULL survives a power loss; with NORMAL a power loss may lose the last commits, but never the database. */
  synchronous?: "FULL" | "NORMAL";
  /** Folder of the migrations. */
  migrations: string;
  /** False refuses to create or migrate, for commands that only read. */
  migrate?: boolean;
  /** Levels that this release reads and writes; see data-level.ts. Tests set others. */
  levels?: DataLevels;
  /**
   * Whether entries of this release's level may follow. Only a server raises the level, and not while its release is on
   * trial: the release before it must be able to continue.
   */
  raisesLevel?: boolean;
  /** The launcher whose server opens the database. Another launcher's database is refused before it is migrated. */
  claim?: LauncherClaim;
  /** Tests compile every statement when the store opens, so that a fault in one shows there. */
  compilesAtOnce?: boolean;
  /** Returns the free bytes of a folder's disk. Tests replace it. */
  freeBytesOf?: ((folder: string) => number) | undefined;
}

/** How long SQLite waits for another process's write lock. The log retries later, so that the event loop is not blocked. */
const BUSY_TIMEOUT_MS = 5;

/** SQLite's number for incremental vacuum. */
const INCREMENTAL = 2;

const LEAST_FREE_BYTES = 5_000_000;

/** Opens the database, and migrates it unless the options refuse. Throws StoreError. */
export function openClient(file: string, options: OpenOptions): Client {
  if (file !== ":memory:") finishRestore(file);
  const isNew = file === ":memory:" || !existsSync(file);
  if (file !== ":memory:") refuseLost(file, isNew);
  if (isNew && options.migrate === false) {
    throw new StoreError(
      "unreadable",
      `There is no database at ${file} yet: start the server, or submit a task with \`banyan run\`.`,
    );
  }
  let sqlite: Sqlite | null = null;
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    sqlite = new Database(file, { timeout: 5_000 });
    configure(sqlite, options.synchronous ?? "FULL");
    refuseNewerLevel(sqlite, file, options.levels ?? DATA_LEVELS);
    if (options.claim) refuseOtherLauncher(sqlite, file, options.claim);
    if (options.migrate === false) refuseOlder(sqlite, file, options.migrations);
    else migrateClient(sqlite, file, isNew, options);
    if (options.claim) claimForLauncher(sqlite, file, options.claim);
    if (file !== ":memory:") keepPrivate(file);
    addWholeBody(sqlite);
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (!options.compilesAtOnce) prepareLazily(sqlite);
    const open = sqlite;
    return { file, sqlite, close: () => open.close() };
  } catch (error) {
    sqlite?.close();
    const fault = storeError(error, file);
    if (isNew && file !== ":memory:" && fault.kind === "full") dropEmpty(file);
    throw fault;
  }
}

/** Removes what a full disk left of a database that was to be new, so that the next start is not told that it was lost. */
function dropEmpty(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size !== 0) return;
  for (const ending of ["", "-wal", "-shm"]) rmSync(file + ending, { force: true });
}

/** Another process may have created the file a moment ago and be about to fill it. */
const YOUNG_MS = 5_000;
const POLL_MS = 20;

function staysEmpty(file: string): boolean {
  const untilMs = Math.min(statSync(file).mtimeMs, Date.now()) + YOUNG_MS;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (statSync(file).size === 0) {
    if (Date.now() >= untilMs) return true;
    Atomics.wait(clock, 0, 0, POLL_MS);
  }
  return false;
}

/** Refuses to replace a lost database by an empty one, which would hide the loss. */
function refuseLost(file: string, isNew: boolean): void {
  if (!isNew && staysEmpty(file))
    throw new StoreError(
      "unreadable",
      `The database ${file} is empty (0 bytes): restore a backup with \`banyan restore FILE\`, or delete the file to start over.`,
    );
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (isNew && log !== undefined && log.size > 0)
    throw new StoreError(
      "unreadable",
      `The database ${file} is missing, but its write-ahead log exists: put the file back, restore a backup with \`banyan restore FILE\`, or delete ${file}-wal to start over.`,
    );
}

/** Makes the files readable for their owner only, whatever the umask: conversations are private. Skips files of another account. */
function keepPrivate(file: string): void {
  for (const path of ["", "-wal", "-shm"].map((ending) => file + ending)) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && (stat.mode & 0o077) !== 0 && stat.uid === process.getuid?.()) chmodSync(path, 0o600);
  }
}

function configure(sqlite: Sqlite, synchronous: "FULL" | "NORMAL"): void {
  // Takes effect only before the first table exists, later only with a VACUUM. It is not set again, because that would
  // write even for read-only commands.
  if (sqlite.pragma("auto_vacuum", { simple: true }) !== INCREMENTAL) sqlite.pragma("auto_vacuum = INCREMENTAL");
  sqlite.pragma("journal_mode = WAL");
  // Needed, because this build of SQLite opens WAL connections at NORMAL.
  sqlite.pragma(`synchronous = ${synchronous}`);
  sqlite.pragma("foreign_keys = ON");
  // Recycles the write-ahead log at 16 MB. At 4 MB, a thousand concurrent tasks spend a quarter of their CPU on checkpoints.
  sqlite.pragma("wal_autocheckpoint = 4000");
  // One large transaction, such as the deletion of a tree, must not leave a large log forever.
  sqlite.pragma("journal_size_limit = 64000000");
  sqlite.pragma("cache_size = -16000");
  sqlite.pragma("temp_store = MEMORY");
}

function refuseOlder(sqlite: Sqlite, file: string, migrations: string): void {
  if (pendingMigrations(sqlite, file, readMigrations(migrations)).length > 0) {
    throw new StoreError(
      "older",
      `The database ${file} is of an older version: run \`banyan migrate\` or start the server once.`,
    );
  }
}

function migrateClient(sqlite: Sqlite, file: string, isNew: boolean, options: OpenOptions): void {
  const migrations = readMigrations(options.migrations);
  const names = pendingMigrations(sqlite, file, migrations);
  // Before the space on the disk is measured.
  if (file !== ":memory:") tidyCopies(file);
  if (names.length > 0) {
    const hasData = !isNew && sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1").get();
    if (file !== ":memory:") refuseFullDisk(file, hasData ? dataBytesOf(sqlite) : 0, options.freeBytesOf);
    if (hasData) migrateWithCopy(sqlite, file, migrations, names[0] ?? "");
    else applyMigrations(sqlite, file, migrations);
  }
  if (options.raisesLevel) raiseLevel(sqlite, options.levels ?? DATA_LEVELS);
}

/** Each try that fails or is killed copies the whole database again, so at most one copy of them stays. */
function migrateWithCopy(sqlite: Sqlite, file: string, migrations: Migration[], name: string): void {
  // False when another process has migrated the database meanwhile: its copy is the one from before.
  const isAsBefore = () => pendingMigrations(sqlite, file, migrations)[0] === name;
  const copy = copyBefore(sqlite, file, name);
  if (isAsBefore()) removeFormerTries(file, copy, name);
  try {
    applyMigrations(sqlite, file, migrations);
  } catch (error) {
    // A database in use may be one that another process is migrating, and this copy the only one.
    const isInUse = ((error as { code?: string }).code ?? "").startsWith("SQLITE_BUSY");
    if (!isInUse && isAsBefore()) removeDatabase(copy);
    throw error;
  }
  removeOldCopies(file);
}

/** Returns how large a copy of the database's content is. */
function dataBytesOf(sqlite: Sqlite): number {
  const figure = (name: string) => Number(sqlite.pragma(name, { simple: true }));
  return (figure("page_count") - figure("freelist_count")) * figure("page_size");
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Checks the space for a migration and the copy before it. SQLite's own error would come late, and would not explain it. */
function refuseFullDisk(file: string, copyBytes: number, freeOf = freeBytesOf): void {
  const freeBytes = freeOf(dirname(file));
  const neededBytes = copyBytes + LEAST_FREE_BYTES;
  if (freeBytes >= neededBytes) return;
  throw new StoreError(
    "full",
    `The migration of the database ${file} needs ${bytes(neededBytes)}, because it makes a copy first, and its disk has ${bytes(freeBytes)} left: free some space, or set BANYAN_DATA_DIR to another folder.`,
  );
}
