import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";

function open() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-installation-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

test("a database belongs to one running launcher; one that came from elsewhere is taken over", async () => {
  const { file } = open().client;
  const claim = async (home: string, isInUse: boolean) =>
    openStore(file, { migrations: "drizzle", claim: { home, isInUse: () => isInUse } }).close();
  await claim("/home/one", true);
  await claim("/home/one", true);
  const taken = claim("/home/two", true);
  await expect(taken).rejects.toThrow(/^The launcher in \/home\/one runs the database .*remove \/home\/one\/lock\.$/);
  await claim("/home/two", false);
  await expect(claim("/home/one", true)).rejects.toThrow(/The launcher in \/home\/two/);
});

test("another launcher's database is refused before it is migrated", async () => {
  const { client } = open();
  const migrated = client.sqlite.prepare("SELECT count(*) FROM migrations").pluck();
  client.sqlite.exec("INSERT INTO facts (name, value) VALUES ('home', '/home/one')");
  client.sqlite.exec("DELETE FROM migrations WHERE rowid = (SELECT max(rowid) FROM migrations)");
  const before = migrated.get();
  const claim = (isInUse: boolean) => ({ home: "/home/two", isInUse: () => isInUse });
  const start = (isInUse: boolean) => openStore(client.file, { migrations: "drizzle", claim: claim(isInUse) });
  expect(() => start(true)).toThrow(/The launcher in \/home\/one runs the database/);
  expect(migrated.get()).toBe(before);
  expect(existsSync(join(client.file, "..", "backups"))).toBe(false);
  await start(false).close();
  expect(migrated.get()).toBe(Number(before) + 1);
});

test("the schema's digest changes with a table, and a write is proved by a commit", async () => {
  const { installation, client, log } = open();
  const before = installation.schema();
  expect(installation.schema()).toBe(before);
  client.sqlite.exec("CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT");
  expect(installation.schema()).not.toBe(before);
  const commits = log.commits();
  await installation.proveWrite();
  expect(log.commits()).toBe(commits + 1);
});

test("the level rises to what this release writes, and never falls", async () => {
  const { installation, client } = open();
  expect(installation.levels()).toEqual({ level: 1, reads: 2 });
  client.sqlite.exec("INSERT INTO facts (name, value) VALUES ('data_level', '2')");
  await installation.raiseLevel();
  expect(installation.level()).toBe(2);
});
