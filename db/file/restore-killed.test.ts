/** D2: a restore that is really killed before each operation that writes, moves or syncs a file, or has no room on the disk. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { backupDatabase, restoreDatabase } from "./backup";

const CHILD = ["--import", "tsx", "db/file/testing/killed-restore.ts"];

/** Makes a folder with a database called old and a backup of one called new. */
async function prepared() {
  const at = mkdtempSync(join(tmpdir(), "banyan-killed-"));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  const file = join(at, "data", "banyan.db");
  const backup = join(at, "new.db");
  for (const name of ["new", "old"]) {
    const store = openStore(file, { migrations: "drizzle" });
    store.client.sqlite.prepare("INSERT OR REPLACE INTO facts VALUES ('name', ?)").run(name);
    if (name === "new") backupDatabase(store.client.sqlite, backup);
    await store.close();
  }
  return { at, file, backup };
}

/** Opens the database as the next start does, and reads the name that it holds. */
async function nameOf(file: string): Promise<string> {
  const store = openStore(file, { migrations: "drizzle" });
  const { sqlite } = store.client;
  expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
  const name = sqlite.prepare("SELECT value FROM facts WHERE name = 'name'").pluck().get();
  await store.close();
  return String(name);
}

const left = (at: string) => readdirSync(join(at, "data")).filter((name) => /restor/.test(name));

const kept = (at: string) => {
  const folder = join(at, "data", "backups");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".db")) : [];
};

test("D2: killed before any of these, the next start has the whole old database or the whole new one", async () => {
  const { at, file, backup } = await prepared();
  const before = join(at, "before");
  cpSync(join(at, "data"), before, { recursive: true });
  const names: string[] = [];
  for (let last = 1; ; last += 1) {
    rmSync(join(at, "data"), { recursive: true });
    cpSync(before, join(at, "data"), { recursive: true });
    const { signal, status, stderr } = spawnSync(process.execPath, [...CHILD, backup, file, String(last)]);
    if (signal === null) {
      expect([status, stderr.toString()]).toEqual([0, ""]);
      break;
    }
    expect(signal).toBe("SIGKILL");
    names.push(await nameOf(file));
    // A copy that was not decided on stays until the next restore; the replaced database is kept.
    const isNew = names.at(-1) === "new";
    expect(kept(at)).toHaveLength(isNew ? 1 : 0);
    if (isNew) expect(left(at)).toEqual([]);
    else if (left(at).length > 0) {
      restoreDatabase(backup, file, "drizzle");
      expect(left(at)).toEqual([]);
    }
  }
  expect(names.length).toBeGreaterThan(4);
  const decided = names.indexOf("new");
  expect(names).toEqual(names.map((_, index) => (index < decided ? "old" : "new")));
  expect([decided > 0, await nameOf(file)]).toEqual([true, "new"]);
});

test("D2: without room for the copy nothing is restored, in one sentence", async () => {
  const { at, file, backup } = await prepared();
  const half = Math.floor(statSync(backup).size / 2);
  const limited = spawnSync("prlimit", [`--fsize=${half}`, process.execPath, ...CHILD, backup, file, "0"]);
  expect(limited.status).toBe(1);
  expect(limited.stderr.toString()).toContain("StoreError");
  expect(await nameOf(file)).toBe("old");
  expect(left(at)).toEqual([]);
});
