import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openClient } from "./client";
import { levelOf } from "./data-level";
import { StoreError } from "./errors";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-client-"));
  file = join(folder, "banyan.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pragma = (client: ReturnType<typeof openClient>, name: string) => client.sqlite.pragma(name, { simple: true });

function failure(run: () => unknown): StoreError {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

test("a database that another process has just made, and not filled yet, is waited for", async () => {
  const code = `
    const Database = require("better-sqlite3");
    require("node:fs").writeFileSync(process.argv[1], "");
    console.log("made");
    setTimeout(() => new Database(process.argv[1]).exec("CREATE TABLE theirs (id INTEGER)"), 100);
  `;
  const other = spawn(process.execPath, ["-e", code, file], { stdio: ["ignore", "pipe", "inherit"] });
  await once(other.stdout, "data");
  const client = openClient(file, { migrations: "drizzle" });
  expect(client.sqlite.prepare("SELECT name FROM sqlite_master WHERE name = 'theirs'").pluck().get()).toBe("theirs");
  client.close();
});

test("a first start on a full disk leaves no empty database, and the next one begins", () => {
  const code = `
    import { openClient } from "./db/file/client.ts";
    import { readdirSync, rmSync, writeFileSync } from "node:fs";
    const [folder] = process.argv.slice(1);
    const open = () => {
      try {
        openClient(folder + "/banyan.db", { migrations: "drizzle", freeBytesOf: () => 1e9 }).close();
        return "opened";
      } catch (error) {
        return error.kind;
      }
    };
    try { writeFileSync(folder + "/fill", Buffer.alloc(20_000_000)); } catch {}
    const first = [open(), readdirSync(folder)];
    rmSync(folder + "/fill");
    console.log(JSON.stringify([...first, open()]));
  `;
  const small = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--size", "10000000", "--tmpfs", folder, "--"];
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", code, folder];
  const said = execFileSync("bwrap", [...small, ...node], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual(["full", ["fill"], "opened"]);
});

test("a new database is durable, checks foreign keys and can shrink", () => {
  const client = openClient(file, { migrations: "drizzle" });
  // 2 is FULL, 1 is NORMAL; auto_vacuum 2 is INCREMENTAL.
  expect(pragma(client, "synchronous")).toBe(2);
  expect(pragma(client, "journal_mode")).toBe("wal");
  expect(pragma(client, "foreign_keys")).toBe(1);
  expect(pragma(client, "auto_vacuum")).toBe(2);
  const loose = client.sqlite
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all();
  expect(loose).toEqual(["__drizzle_migrations"]);
  client.close();
  const normal = openClient(file, { migrations: "drizzle", synchronous: "NORMAL" });
  expect(pragma(normal, "synchronous")).toBe(1);
  normal.close();
});

test("opening a database read-only writes nothing, so it works next to a writer and on a full disk", () => {
  const first = openClient(file, { migrations: "drizzle" });
  const before = pragma(first, "data_version");
  first.sqlite.exec("BEGIN IMMEDIATE");
  openClient(file, { migrations: "drizzle", migrate: false }).close();
  first.sqlite.exec("ROLLBACK");
  expect(pragma(first, "data_version")).toBe(before);
  first.close();
});

test("a migration of existing data makes a backup first; a migration of a new database does not", () => {
  openClient(file, { migrations: "drizzle" }).close();
  expect(readdirSync(folder)).not.toContain("backups");
  const database = new Database(file);
  database.prepare("INSERT INTO facts VALUES ('kept', 'as it was')").run();
  database.close();
  const migrations = withNextMigration("UPDATE facts SET value = 'changed';");
  const client = openClient(file, { migrations });
  expect(client.sqlite.prepare("SELECT value FROM facts").pluck().get()).toBe("changed");
  client.close();
  const [backup] = readdirSync(join(folder, "backups"));
  const saved = new Database(join(folder, "backups", backup ?? ""));
  expect(saved.prepare("SELECT value FROM facts").pluck().get()).toBe("as it was");
  saved.close();
});

test("a migration that fails changes nothing", () => {
  openClient(file, { migrations: "drizzle" }).close();
  const migrations = withNextMigration("UPDATE facts SET value = 'half';--> statement-breakpoint\nSELECT nonsense;");
  expect(failure(() => openClient(file, { migrations })).kind).toBe("failed");
  const client = openClient(file, { migrations: "drizzle" });
  expect(client.sqlite.prepare("SELECT count(*) FROM facts").pluck().get()).toBe(0);
  client.close();
});

test("refuses a database of a level that it cannot read, and leaves it unchanged", () => {
  openClient(file, { migrations: "drizzle", levels: { writes: 3, reads: 3 }, raisesLevel: true }).close();
  const before = readFileSync(file);
  const error = failure(() => openClient(file, { migrations: "drizzle", levels: { writes: 1, reads: 2 } }));
  expect(error.kind).toBe("newer");
  expect(error.message).toMatch(/A newer version of Banyan wrote .* \(level 3; this version reads up to 2\): start/);
  expect(readFileSync(file)).toEqual(before);
});

test("opens a database one level and one migration ahead, which keeps its level", () => {
  openClient(file, {
    migrations: withNextMigration("SELECT 1;"),
    levels: { writes: 2, reads: 3 },
    raisesLevel: true,
  }).close();
  const client = openClient(file, { migrations: "drizzle", levels: { writes: 1, reads: 2 } });
  expect(levelOf(client.sqlite)).toBe(2);
  client.close();
});

test("a release on trial writes at the level before it, until it may raise it", () => {
  const levels = { writes: 2, reads: 3 };
  const trial = openClient(file, { migrations: "drizzle", levels });
  expect(levelOf(trial.sqlite)).toBe(1);
  trial.close();
  const permanent = openClient(file, { migrations: "drizzle", levels, raisesLevel: true });
  expect(levelOf(permanent.sqlite)).toBe(2);
  permanent.close();
});

test("names a damaged file and leaves it unchanged", () => {
  const bytes = Buffer.alloc(20_000, 7);
  writeFileSync(file, bytes);
  expect(failure(() => openClient(file, { migrations: "drizzle" })).message).toMatch(/is damaged .*restore FILE/);
  expect(readFileSync(file)).toEqual(bytes);
});

test("a read-only command does not create a database", () => {
  const error = failure(() => openClient(file, { migrations: "drizzle", migrate: false }));
  expect(error.message).toMatch(/There is no database at .* yet: start the server/);
  expect(readdirSync(folder)).toEqual([]);
});

test("names a path that cannot be written", () => {
  // Uses a folder in the file's place, which fails for root too; permissions do not.
  mkdirSync(file);
  expect(failure(() => openClient(file, { migrations: "drizzle" })).message).toMatch(
    /cannot be written .*BANYAN_DATA_DIR/,
  );
});

function withNextMigration(sql: string): string {
  const migrations = join(folder, "migrations");
  cpSync("drizzle", migrations, { recursive: true });
  const journalFile = join(migrations, "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8")) as {
    entries: { idx: number; when: number; tag: string }[];
  };
  const last = journal.entries.at(-1);
  if (!last) throw new Error("There is no migration.");
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1_000, tag: "9999_next" });
  writeFileSync(journalFile, JSON.stringify(journal));
  writeFileSync(join(migrations, "9999_next.sql"), sql);
  return migrations;
}
