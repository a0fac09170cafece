import { mkdtempSync, rmSync } from "node:fs";
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
  const { installation } = open();
  await installation.claimHome("/home/one", () => true);
  await installation.claimHome("/home/one", () => true);
  const taken = installation.claimHome("/home/two", () => true);
  await expect(taken).rejects.toThrow(/^The launcher in \/home\/one runs the database .*remove \/home\/one\/lock\.$/);
  await installation.claimHome("/home/two", () => false);
  await expect(installation.claimHome("/home/one", () => true)).rejects.toThrow(/The launcher in \/home\/two/);
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
