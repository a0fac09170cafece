/**
 * D3: a migration of a large database: what it needs is said before it begins, and a kill or a full disk loses nothing.
 * `BANYAN_LARGE_MIGRATION_MB=2000` uses a database of 2 GB; the usual size is 20 MB.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { openClient } from "./client";

const migrations = "drizzle";
const SIZE_MB = Number(process.env.BANYAN_LARGE_MIGRATION_MB ?? 20);
const CHUNK_BYTES = 1_000_000;

/** Makes a database of the version before the newest migration: what that one adds is there already, and counts as done. */
function largeDatabase() {
  const at = mkdtempSync(join(tmpdir(), "banyan-large-"));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  const file = join(at, "banyan.db");
  openStore(file, { migrations }).client.close();
  const sqlite = new Database(file);
  const insert = sqlite.prepare("INSERT INTO facts VALUES (?, ?)");
  sqlite.transaction(() => {
    for (let at = 0; at < SIZE_MB; at += 1) insert.run(`chunk-${at}`, "x".repeat(CHUNK_BYTES));
  })();
  sqlite.prepare("DELETE FROM migrations WHERE rowid = (SELECT max(rowid) FROM migrations)").run();
  sqlite.close();
  return { file, backups: join(at, "backups") };
}

function chunksIn(file: string): unknown {
  const sqlite = new Database(file, { readonly: true });
  try {
    return sqlite
      .prepare("SELECT count(*) AS chunks, sum(length(value)) AS size FROM facts WHERE name LIKE 'chunk-%'")
      .get();
  } finally {
    sqlite.close();
  }
}

const ALL = { chunks: SIZE_MB, size: SIZE_MB * CHUNK_BYTES };
const LONG = 600_000;

test("the copy before a migration is complete and private, and what a killed one left is removed", {
  timeout: LONG,
}, () => {
  const { file, backups } = largeDatabase();
  expect(existsSync(backups)).toBe(false);
  const began = performance.now();
  openClient(file, { migrations }).close();
  console.info(`${SIZE_MB} MB: copied and migrated in ${Math.round(performance.now() - began)} ms`);
  const [copy = ""] = readdirSync(backups);
  expect(chunksIn(file)).toEqual(ALL);
  expect(chunksIn(join(backups, copy))).toEqual(ALL);
  expect(statSync(join(backups, copy)).mode & 0o777).toBe(0o600);

  // Killed while it wrote the copy: the part has another name than a complete copy, and is not kept.
  const sqlite = new Database(file);
  sqlite.prepare("DELETE FROM migrations WHERE rowid = (SELECT max(rowid) FROM migrations)").run();
  sqlite.close();
  writeFileSync(join(backups, `before-x-1.db.part`), "a part");
  writeFileSync(join(backups, `before-x-1.db.part-journal`), "a part");
  // It has not grown for a while.
  utimesSync(join(backups, `before-x-1.db.part`), 0, 0);
  openClient(file, { migrations }).close();
  expect(readdirSync(backups).filter((name) => name.includes(".part"))).toEqual([]);
  // One of two copies before the same migration: the younger one.
  expect(readdirSync(backups)).toHaveLength(1);
});

test("a disk without room for the copy is said before anything is written", { timeout: LONG }, () => {
  const { file, backups } = largeDatabase();
  const freeBytesOf = () => SIZE_MB * 500_000;
  expect(() => openClient(file, { migrations, freeBytesOf })).toThrow(
    /^The migration of the database .* needs [\d.]+ [MG]B, because it makes a copy first, and its disk has [\d.]+ [MG]B left: free/,
  );
  expect(existsSync(backups)).toBe(false);
  expect(chunksIn(file)).toEqual(ALL);
  openClient(file, { migrations }).close();
  expect(readdirSync(backups)).toHaveLength(1);
});
