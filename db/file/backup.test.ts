import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { backupDatabase, checkBackup, faultOf, holderOf, restoreDatabase } from "./backup";

const migrations = "drizzle";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "banyan-backup-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function agentsIn(file: string): string[] {
  const store = openStore(file, { migrations });
  const names = store.configuration.live().map((entry) => entry.name);
  store.client.close();
  return names;
}

async function put(store: Store, name: string): Promise<void> {
  await store.configuration.put({ kind: "document", name, description: "", body: { body: name } }, "test", "test");
}

test("a backup holds all commits, also those only in the write-ahead log", async () => {
  const at = folder();
  const store = openStore(join(at, "banyan.db"), { migrations });
  await put(store, "first");
  const { file, sizeBytes } = backupDatabase(store.client.sqlite, join(at, "deep", "copy.db"));
  expect(readFileSync(file).length).toBe(sizeBytes);
  expect(readdirSync(join(at, "deep"))).toEqual(["copy.db"]);
  await put(store, "second");
  expect(faultOf(store.client.sqlite)).toBeNull();
  await store.close();
  expect(agentsIn(file)).toEqual(["first"]);
});

test("V4: nobody else can read a backup, also while it is being written", async () => {
  const at = folder();
  const store = openStore(join(at, "banyan.db"), { migrations });
  const { sqlite } = store.client;
  const modes: number[] = [];
  const modeOf = (file: string) => modes.push(statSync(file).mode & 0o777);
  const watched = new Proxy(sqlite, {
    get: (target, name) =>
      name === "prepare"
        ? (sql: string) => ({
            run: (to: string) => {
              modeOf(to);
              return target.prepare(sql).run(to);
            },
          })
        : Reflect.get(target, name),
  });
  modeOf(backupDatabase(watched, join(at, "copy.db")).file);
  expect(modes).toEqual([0o600, 0o600]);
  await store.close();
});

test("restores a copied folder with its write-ahead log, and keeps the replaced database with its own", async () => {
  const from = folder();
  const copied = folder();
  const store = openStore(join(from, "banyan.db"), { migrations });
  await put(store, "in the log");
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(copied, name));
  expect(existsSync(join(copied, "banyan.db-wal"))).toBe(true);
  await store.close();

  const target = join(folder(), "banyan.db");
  const old = openStore(target, { migrations });
  await put(old, "old");
  await old.close();
  const { kept, contents } = restoreDatabase(join(copied, "banyan.db"), target, migrations);
  expect(contents).toEqual({ trees: 0, openTrees: 0, messages: 0, newestAtMs: null, older: false });
  expect(agentsIn(target)).toEqual(["in the log"]);
  expect(agentsIn(kept ?? "")).toEqual(["old"]);
  expect(existsSync(`${target}.restoring`)).toBe(false);
});

test("a backup is as old as its newest own message, whatever an archive brought after it", async () => {
  const at = folder();
  const file = join(at, "copy.db");
  const store = openStore(file, { migrations });
  await insertSmallTree(store, { uid: "t", instruction: "Do it.", workspace: at });
  const { sqlite } = store.client;
  sqlite.exec("UPDATE messages SET created_at_ms = 2000");
  sqlite.exec(`
    INSERT INTO messages (tree_id, task_id, turn, kind, body, created_at_ms, origin_seq)
    SELECT tree_id, task_id, turn, kind, body, 1000, 1 FROM messages`);
  await store.close();
  const newest = () => checkBackup(file, join(at, "check"), migrations).newestAtMs;
  expect(newest()).toBe(2_000);
  // Of a version that kept no origins.
  const older = new Database(file);
  older.exec("ALTER TABLE messages DROP COLUMN origin_seq");
  older.close();
  expect(newest()).toBe(1_000);
});

test("replaces a damaged database and keeps it unchanged", () => {
  const at = folder();
  const good = join(at, "good.db");
  openStore(good, { migrations }).client.close();
  const target = join(at, "data", "banyan.db");
  mkdirSync(join(at, "data"));
  writeFileSync(target, "damaged ".repeat(1_000));
  const { kept } = restoreDatabase(good, target, migrations);
  expect(readFileSync(kept ?? "", "utf8")).toMatch(/^damaged /);
  expect(agentsIn(target)).toEqual([]);
});

test("refuses a backup with a damaged page and leaves the database unchanged", () => {
  const at = folder();
  const bad = join(at, "bad.db");
  openStore(bad, { migrations }).client.close();
  const bytes = readFileSync(bad);
  bytes.fill(0xff, 4_096 * 2, 4_096 * 4);
  writeFileSync(bad, bytes);
  const target = join(at, "banyan.db");
  openStore(target, { migrations }).client.close();
  const before = readFileSync(target);
  expect(() => restoreDatabase(bad, target, migrations)).toThrow(/damaged|not a readable database/);
  expect(readFileSync(target).equals(before)).toBe(true);
  expect(readdirSync(at).filter((name) => name.includes("restoring"))).toEqual([]);
});

test("refuses to replace a database with another connection in the same process", () => {
  const at = folder();
  const good = join(at, "good.db");
  const target = join(at, "banyan.db");
  openStore(good, { migrations }).client.close();
  openStore(target, { migrations }).client.close();
  const user = new Database(target);
  user.prepare("SELECT count(*) FROM trees").get();
  expect(holderOf(target)).toBeNull();
  expect(() => restoreDatabase(good, target, migrations)).toThrow("in use");
  user.close();
  expect(restoreDatabase(good, target, migrations).kept).not.toBeNull();
});

test("a check removes the copies of interrupted checks, but not those of checks at work", () => {
  const at = folder();
  const { pid: dead } = spawnSync("true");
  const names = {
    left: `restore-check-${dead}-abc`,
    atWork: `restore-check-${process.pid}-abc`,
    other: "restore-check",
  };
  for (const name of Object.values(names)) {
    mkdirSync(join(at, name));
    writeFileSync(join(at, name, "copy.db"), "a copy");
    utimesSync(join(at, name), 1, 1);
  }
  const young = `restore-check-${dead}-young`;
  mkdirSync(join(at, young));
  writeFileSync(join(at, "no.db"), "none");
  expect(() => checkBackup(join(at, "no.db"), at, "drizzle")).toThrow();
  expect(readdirSync(at).sort()).toEqual([names.atWork, names.other, young, "no.db"].sort());
});

test("a disk that fills up while a backup is checked is told, and not taken for damage of the backup", async () => {
  const at = folder();
  const store = openStore(join(at, "banyan.db"), { migrations });
  const { file } = backupDatabase(store.client.sqlite, join(at, "copy.db"));
  await store.close();
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  const spy = vi.spyOn(Database.prototype, "pragma").mockImplementation(() => {
    throw full;
  });
  onTestFinished(() => spy.mockRestore());
  expect(() => checkBackup(file, join(at, "checks"), migrations)).toThrow(expect.objectContaining({ kind: "full" }));
});
