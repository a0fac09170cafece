/** D2: wherever a restore is killed, the next start opens the complete old database or the new one, never an empty one. */
import {
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "@/db/store";
import { backupDatabase, restoreDatabase } from "./backup";
import { StoreError } from "./errors";
import { heldByOthers } from "./other-databases";

// A test lets a server start while the copy is written to the disk.
vi.mock("node:fs", async (load) => {
  const real = await load<typeof import("node:fs")>();
  return { ...real, fsyncSync: vi.fn(real.fsyncSync) };
});

const folder = mkdtempSync(join(tmpdir(), "banyan-restore-"));
const file = join(folder, "data", "banyan.db");
const mark = `${file}.restore-decided`;
const incoming = `${file}.restoring`;
const kept = join(folder, "data", "backups", "replaced.db");

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openStore(file, { migrations: "drizzle" });

/** Reads the name that the database holds. */
async function nameOf(): Promise<string> {
  const store = open();
  const name = store.client.sqlite.prepare("SELECT value FROM facts WHERE name = 'name'").pluck().get();
  await store.close();
  return String(name);
}

async function named(name: string): Promise<void> {
  const store = open();
  store.client.sqlite.prepare("INSERT OR REPLACE INTO facts VALUES ('name', ?)").run(name);
  await store.close();
}

/** Makes a database called old and a complete copy of one called new, the state before `restore` decides. */
async function prepared(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await named("new");
  const store = open();
  backupDatabase(store.client.sqlite, join(folder, "new.db"));
  await store.close();
  await named("old");
  copyFileSync(join(folder, "new.db"), incoming);
}

const decided = () => writeFileSync(mark, JSON.stringify({ kept }));
const moved = () => {
  decided();
  mkdirSync(join(folder, "data", "backups"), { recursive: true });
  renameSync(file, kept);
};

const swapped = () => {
  moved();
  renameSync(incoming, file);
};

test.each([
  ["before it is decided", () => undefined, "old"],
  ["while the copy is made", () => truncateSync(incoming, 5_000), "old"],
  ["when it is decided", decided, "new"],
  ["when the old one is kept", moved, "new"],
  ["when the new one is in its place", swapped, "new"],
])("killed %s", async (_, until, expected) => {
  await prepared();
  until();
  expect(await nameOf()).toBe(expected);
  expect(await nameOf()).toBe(expected);
  expect(existsSync(mark)).toBe(false);
});

test("a restore installs the copy and keeps the replaced database", async () => {
  await prepared();
  const report = restoreDatabase(join(folder, "new.db"), file, "drizzle");
  expect(await nameOf()).toBe("new");
  expect(existsSync(report.kept ?? "")).toBe(true);
  expect([mark, incoming].map(existsSync)).toEqual([false, false]);
});

/** Puts `backups` on another disk, to which nothing can be renamed. */
const backupsElsewhere = () => symlinkSync("/proc", join(folder, "data", "backups"));

test("where nothing can be moved to `backups`, the replaced database is kept beside the new one", async () => {
  await prepared();
  backupsElsewhere();
  const report = restoreDatabase(join(folder, "new.db"), file, "drizzle");
  expect(await nameOf()).toBe("new");
  const beside = readdirSync(join(folder, "data")).filter((name) => !name.startsWith("banyan.db"));
  expect(beside.map((name) => name.replace(/replaced-.+\.db/, "replaced.db"))).toEqual(["backups", "replaced.db"]);
  expect(readdirSync(join(folder, "data")).filter((name) => /restor/.test(name))).toEqual([]);
  // Files of its trees stay. A damaged one may hold every tree.
  writeFileSync(report.kept ?? "", "damaged");
  expect(heldByOthers(file, join(folder, "data"), "trees")("of-nobody")).toBe(true);
});

test("a decided restore that cannot be finished is told in one sentence, and finished once it can be", async () => {
  await prepared();
  backupsElsewhere();
  decided();
  for (const started of [open, () => restoreDatabase(join(folder, "new.db"), file, "drizzle")]) {
    expect(started).toThrow(StoreError);
    expect(started).toThrow(/was interrupted and cannot be finished \(.+\): make the folders .+ writable/);
  }
  rmSync(join(folder, "data", "backups"));
  expect(await nameOf()).toBe("new");
  expect(existsSync(kept)).toBe(true);
});

test("a server that starts while the copy is written to the disk keeps its database", async () => {
  await prepared();
  const real = await vi.importActual<typeof import("node:fs")>("node:fs");
  onTestFinished(() => void vi.mocked(fsyncSync).mockImplementation(real.fsyncSync));
  let server: Database.Database | null = null;
  onTestFinished(() => void server?.close());
  vi.mocked(fsyncSync).mockImplementation((fd) => {
    const isCopy = readlinkSync(`/proc/self/fd/${fd}`) === incoming;
    if (isCopy) server ??= new Database(file);
    if (isCopy) server?.prepare("SELECT count(*) FROM trees").get();
    real.fsyncSync(fd);
  });
  expect(() => restoreDatabase(join(folder, "new.db"), file, "drizzle")).toThrow("in use");
  expect([mark, incoming].map(existsSync)).toEqual([false, false]);
  expect(server).not.toBeNull();
});

test("refuses an empty file, or a write-ahead log without its database, and does not overwrite it", async () => {
  await prepared();
  writeFileSync(file, "");
  // A younger one may be one that another process is making.
  utimesSync(file, 0, 0);
  expect(open).toThrow(/is empty \(0 bytes\): restore a backup/);
  expect(statSync(file).size).toBe(0);
  rmSync(file);
  writeFileSync(`${file}-wal`, "x");
  expect(open).toThrow(/is missing, but its write-ahead log exists/);
  expect(existsSync(file)).toBe(false);
});

test("only the owner can read the database, even if others could before", async () => {
  const umask = process.umask(0);
  try {
    mkdirSync(join(folder, "data"), { recursive: true });
    const store = open();
    const modes = () => ["", "-wal", "-shm"].map((ending) => statSync(file + ending).mode & 0o777);
    expect(modes()).toEqual([0o600, 0o600, 0o600]);
    await store.close();
  } finally {
    process.umask(umask);
  }
});
