/**
 * Applies the migrations that drizzle-kit generates, by name and hash. Dates do not count: a change that was merged late
 * has an older date than one that was applied before it. Drizzle's own migrator goes by date, so this replaces it.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Database from "better-sqlite3";
import { StoreError } from "./errors";
import type { Sqlite } from "./sqlite";

/** One migration of a release. */
export interface Migration {
  name: string;
  /** SHA-256 of the file, in hex, as drizzle's migrator stores it. */
  hash: string;
  statements: string[];
  /** When it was generated. */
  whenMs: number;
}

interface Journal {
  entries: { when: number; tag: string }[];
}

type Applied = Pick<Migration, "name" | "hash">;

/** Where drizzle's migrator kept its record. It is still written, so that a version of that time refuses the database. */
const OLD_RECORD = "__drizzle_migrations";
const CREATE_OLD_RECORD = `
  CREATE TABLE IF NOT EXISTS ${OLD_RECORD} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`;
const CREATE_RECORD = `
  CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT`;

/** Reads the migrations of a release, in the order in which they are applied. */
export function readMigrations(folder: string): Migration[] {
  const journal = JSON.parse(readFileSync(join(folder, "meta", "_journal.json"), "utf8")) as Journal;
  return journal.entries.map(({ tag, when }) => {
    const sql = readFileSync(join(folder, `${tag}.sql`), "utf8");
    const hash = createHash("sha256").update(sql).digest("hex");
    return { name: tag, hash, whenMs: when, statements: sql.split("--> statement-breakpoint") };
  });
}

/**
 * Returns the names of migrations that the database still needs. Migrations of a newer version are no obstacle; its
 * level decides (data-level.ts). Throws StoreError when one was applied with another content.
 */
export function pendingMigrations(sqlite: Sqlite, file: string, migrations: readonly Migration[]): string[] {
  return pendingOf(file, migrations, appliedTo(sqlite, migrations)).map(({ name }) => name);
}

/** Applies what is pending, in one transaction: all of it or nothing. */
export function applyMigrations(sqlite: Sqlite, file: string, migrations: readonly Migration[]): void {
  const apply = sqlite.transaction(() => {
    // Read inside the transaction, because another process may have applied them meanwhile.
    const applied = appliedTo(sqlite, migrations);
    const pending = pendingOf(file, migrations, applied);
    sqlite.exec(`${CREATE_RECORD}; ${CREATE_OLD_RECORD}`);
    const record = sqlite.prepare("INSERT OR IGNORE INTO migrations (name, hash, applied_at_ms) VALUES (?, ?, ?)");
    const recordOld = sqlite.prepare(`INSERT INTO ${OLD_RECORD} (hash, created_at) VALUES (?, ?)`);
    for (const { name, hash } of applied) record.run(name, hash, Date.now());
    for (const { name, hash, whenMs, statements } of pending) {
      for (const statement of statements) applyStatement(sqlite, statement);
      record.run(name, hash, Date.now());
      recordOld.run(hash, whenMs);
    }
  });
  apply.immediate();
}

function pendingOf(file: string, migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const hashes = new Map(applied.map(({ name, hash }) => [name, hash]));
  return migrations.filter(({ name, hash }) => {
    const stored = hashes.get(name);
    if (stored === undefined || stored === hash) return stored === undefined;
    throw new StoreError(
      "newer",
      `The database ${file} has the migration ${name} with another content than this version: start the version that wrote it, or restore a backup with \`banyan restore FILE\`.`,
    );
  });
}

/** Returns what was applied. A database of drizzle's migrator recorded hashes and dates, but no names. */
function appliedTo(sqlite: Sqlite, migrations: readonly Migration[]): Applied[] {
  const has = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  if (has.get("migrations")) return sqlite.prepare("SELECT name, hash FROM migrations").all() as Applied[];
  if (!has.get(OLD_RECORD)) return [];
  const dates = sqlite.prepare(`SELECT created_at FROM ${OLD_RECORD}`).pluck().all() as number[];
  const unknown = dates.filter((date) => !migrations.some(({ whenMs }) => whenMs === Number(date)));
  const known = migrations.filter(({ whenMs }) => dates.some((date) => Number(date) === whenMs));
  // Hashes are not compared: a checkout with other line ends has others, and drizzle never looked at them.
  return [...known, ...unknown.map((date) => ({ name: `unknown-${date}`, hash: "" }))];
}

/** Runs a statement, unless a release that was taken back has already added exactly this column, table or index. */
function applyStatement(sqlite: Sqlite, statement: string): void {
  try {
    sqlite.exec(statement);
  } catch (error) {
    if (!isDone(sqlite, statement)) throw error;
  }
}

const ADD_COLUMN = /^\s*ALTER\s+TABLE\s+`?(\w+)`?\s+ADD\s+(?:COLUMN\s+)?(`?(\w+)`?.*)$/is;
const CREATE = /^\s*CREATE\s+(?:UNIQUE\s+|VIRTUAL\s+)?(?:TABLE|INDEX)\s+`?(\w+)`?/i;

/** Whether the schema already has exactly what the statement would add. */
function isDone(sqlite: Sqlite, statement: string): boolean {
  const [, table = "", definition = "", column = ""] = ADD_COLUMN.exec(statement) ?? [];
  if (table) {
    // Built in an empty database, so that SQLite itself interprets the statement.
    const scratch = new Database(":memory:");
    scratch.exec(`CREATE TABLE built (there); ALTER TABLE built ADD ${definition}`);
    const wanted = columnOf(scratch, "built", column);
    scratch.close();
    return isDeepStrictEqual(columnOf(sqlite, table, column), wanted);
  }
  const [, name] = CREATE.exec(statement) ?? [];
  const stored = sqlite
    .prepare("SELECT sql FROM sqlite_master WHERE name = ?")
    .pluck()
    .get(name ?? "");
  return stored === statement.trim().replace(/;$/, "");
}

function columnOf(sqlite: Sqlite, table: string, column: string): unknown {
  return sqlite
    .prepare('SELECT name, type, "notnull", dflt_value FROM pragma_table_info(?) WHERE name = ?')
    .get(table, column);
}
