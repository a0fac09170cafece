import {
  chmodSync,
  cpSync,
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
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openClient } from "./client";
import { listCopies } from "./migration-copies";

/** A data folder whose database needs all migrations, and which has these files in `backups/`. */
function olderFolder(backups: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-copies-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "banyan.db");
  const sqlite = new Database(file);
  sqlite.exec("CREATE TABLE notes (text TEXT) STRICT");
  sqlite.prepare("INSERT INTO notes VALUES (?)").run("kept");
  sqlite.close();
  mkdirSync(join(folder, "backups"));
  for (const name of backups) {
    writeFileSync(join(folder, "backups", name), "old");
    chmodSync(join(folder, "backups", name), 0o644);
  }
  return { folder, file, names: () => readdirSync(join(folder, "backups")).sort() };
}

const modeOf = (file: string) => statSync(file).mode & 0o777;

test("the copy before a migration is whole, and readable for its owner only, whatever the umask", () => {
  const { file } = olderFolder([]);
  const before = process.umask(0o000);
  onTestFinished(() => void process.umask(before));
  openClient(file, { migrations: "drizzle" }).close();
  const [copy, ...others] = listCopies(file);
  expect(others).toEqual([]);
  expect(modeOf(copy?.file ?? "")).toBe(0o600);
  const read = new Database(copy?.file, { readonly: true });
  expect(read.prepare("SELECT text FROM notes").pluck().all()).toEqual(["kept"]);
  read.close();
});

test("the newest three copies stay after a migration, with every other backup, and what a kill left goes", () => {
  const old = ["before-0001_a-1000.db", "before-0002_b-2000.db", "before-0003_c-3000.db", "before-0004_d-4000.db"];
  const others = ["2026-01-01-backup.db", "before-my-own.db"];
  const { folder, file, names } = olderFolder([...old, ...others, "before-0003_c-3500.db.part"]);
  utimesSync(join(folder, "backups", "before-0003_c-3500.db.part"), 0, 0);
  openClient(file, { migrations: "drizzle" }).close();
  const [made] = listCopies(file);
  const newest = made?.file.split("/").at(-1) ?? "";
  expect(names()).toEqual([...others, "before-0003_c-3000.db", "before-0004_d-4000.db", newest].sort());
});

test("a copy that another start is making stays, and goes once it has not grown for a while", () => {
  const parts = ["before-0001_a-1000.db.part", "before-0002_b-2000.db.part"];
  const { folder, file, names } = olderFolder(parts);
  openClient(file, { migrations: "drizzle" }).close();
  const left = () => names().filter((name) => name.endsWith(".part"));
  expect(left()).toEqual(["before-0002_b-2000.db.part"]);
  utimesSync(join(folder, "backups", "before-0002_b-2000.db.part"), 0, 0);
  openClient(file, { migrations: "drizzle" }).close();
  expect(left()).toEqual([]);
});

test("copies of earlier versions become private when the database is opened, also without a migration", () => {
  const { folder, file } = olderFolder([]);
  openClient(file, { migrations: "drizzle" }).close();
  const old = join(folder, "backups", "before-0001_a-1000.db");
  writeFileSync(old, "old");
  chmodSync(old, 0o644);
  openClient(file, { migrations: "drizzle" }).close();
  expect(modeOf(old)).toBe(0o600);
});

test("a migration that fails leaves no copy, and the copies of killed tries go when the next one is complete", () => {
  const { folder, file, names } = olderFolder([]);
  const migrations = join(folder, "drizzle");
  cpSync("drizzle", migrations, { recursive: true });
  const [first = ""] = readdirSync(migrations)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const written = readFileSync(join(migrations, first));
  writeFileSync(join(migrations, first), "SELECT nothing FROM nowhere;");
  for (const _ of [1, 2, 3]) expect(() => openClient(file, { migrations })).toThrow(file);
  expect(names()).toEqual([]);

  writeFileSync(join(migrations, first), written);
  const name = first.replace(".sql", "");
  const others = ["before-0001_other-1500.db", "my-own.db"];
  for (const left of [`before-${name}-1000.db`, `before-${name}-2000.db`, ...others])
    writeFileSync(join(folder, "backups", left), "old");
  openClient(file, { migrations }).close();
  const [made] = listCopies(file);
  expect(names()).toEqual([basename(made?.file ?? ""), ...others].sort());
  expect(made?.sizeBytes).toBeGreaterThan(1_000);
});
