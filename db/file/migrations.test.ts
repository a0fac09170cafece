import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "./errors";
import { applyMigrations, pendingMigrations, readMigrations } from "./migrations";

let folder: string;
let sqlite: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-migrations-"));
  sqlite = new Database(":memory:");
});
afterEach(() => {
  sqlite.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Given {
  name: string;
  when: number;
  sql: string;
}

const FIRST = { name: "0000_first", when: 1_000, sql: "CREATE TABLE `notes` (\n\t`text` text NOT NULL\n) STRICT;" };
const THIRD = { name: "0002_third", when: 3_000, sql: "ALTER TABLE `notes` ADD `by` text;" };
const LATE = { name: "0001_second", when: 2_000, sql: "ALTER TABLE `notes` ADD `rank` integer DEFAULT 0 NOT NULL;" };

/** Writes a folder of migrations as drizzle-kit does, and returns its path. */
function release(...migrations: Given[]): string {
  const place = join(folder, migrations.map(({ name }) => name).join("+"));
  mkdirSync(join(place, "meta"), { recursive: true });
  for (const { name, sql } of migrations) writeFileSync(join(place, `${name}.sql`), sql);
  const entries = migrations.map(({ name, when }, idx) => ({ idx, version: "6", when, tag: name, breakpoints: true }));
  writeFileSync(join(place, "meta", "_journal.json"), JSON.stringify({ version: "7", dialect: "sqlite", entries }));
  return place;
}

const apply = (place: string) => applyMigrations(sqlite, "notes.db", readMigrations(place));
const pending = (place: string) => pendingMigrations(sqlite, "notes.db", readMigrations(place));
const columns = () => sqlite.prepare("SELECT name FROM pragma_table_info('notes')").pluck().all();

test("a migration that is dated before the newest is applied", () => {
  apply(release(FIRST, THIRD));
  const merged = release(FIRST, LATE, THIRD);
  expect(pending(merged)).toEqual(["0001_second"]);
  apply(merged);
  expect(columns()).toEqual(["text", "by", "rank"]);
  expect(pending(merged)).toEqual([]);
});

test("migrations of a newer version are no obstacle, and are not forgotten", () => {
  apply(release(FIRST, LATE, THIRD));
  expect(pending(release(FIRST))).toEqual([]);
  apply(release(FIRST));
  expect(pending(release(FIRST, LATE, THIRD))).toEqual([]);
});

test("a database of drizzle's migrator goes on, with what it lacks", () => {
  migrate(drizzle(sqlite), { migrationsFolder: release(FIRST, THIRD) });
  const merged = release(FIRST, LATE, THIRD);
  expect(pending(merged)).toEqual(["0001_second"]);
  apply(merged);
  expect(columns()).toEqual(["text", "by", "rank"]);
  // A version of that time still sees that the database is ahead of it.
  const newest = sqlite.prepare("SELECT max(created_at) FROM __drizzle_migrations").pluck().get();
  expect(Number(newest)).toBe(3_000);
});

test("a migration with another content than the one that was applied is refused", () => {
  apply(release(FIRST, THIRD));
  const edited = release(FIRST, { ...THIRD, sql: "ALTER TABLE `notes` ADD `by` integer;" });
  expect(() => apply(edited)).toThrow(StoreError);
  expect(() => pending(edited)).toThrow(/the migration 0002_third with another content than this version: start/);
});

test("what a version that was taken back has left counts as done when it is equal", () => {
  apply(release(FIRST));
  const index = { name: "0003_index", when: 4_000, sql: "CREATE INDEX `by_text` ON `notes` (`text`);" };
  sqlite.exec(`${LATE.sql} ${index.sql}`);
  apply(release(FIRST, LATE, index));
  expect(columns()).toEqual(["text", "rank"]);
  expect(pending(release(FIRST, LATE, index))).toEqual([]);
});

test("an unlike column of the same name is an error, and nothing of the migration stays", () => {
  apply(release(FIRST));
  sqlite.exec("ALTER TABLE `notes` ADD `rank` text");
  const added = { name: "0001_added", when: 1_500, sql: "CREATE TABLE `more` (`x` text) STRICT;" };
  expect(() => apply(release(FIRST, added, LATE))).toThrow(/duplicate column name: rank/);
  expect(sqlite.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'more'").pluck().get()).toBe(0);
  expect(pending(release(FIRST, added, LATE))).toEqual(["0001_added", "0001_second"]);
});
