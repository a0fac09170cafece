import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { createLiveBackups } from "./live-backup";

async function start() {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-live-backup-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const file = join(dataDir, "banyan.db");
  const store = openStore(file, { migrations: "drizzle" });
  onTestFinished(() => void store.client.sqlite.close());
  const put = (name: string) =>
    store.configuration.put({ kind: "document", name, description: "", body: { body: name } }, "test", "test");
  let nowMs = Date.parse("2026-05-01T10:00:00Z");
  const backups = createLiveBackups({
    ...{ database: file, dataDir, program: process.cwd() },
    now: () => {
      nowMs += 1_000;
      return nowMs;
    },
  });
  return { dataDir, file, put, backups, folder: join(dataDir, "backups") };
}

test("makes a backup during writes, checks it, and can find, list and remove it", async () => {
  const { put, backups, folder } = await start();
  await put("first");
  const making = backups.make();
  expect((await backups.running())?.step).toBe("copying");
  const [made] = await Promise.all([making, put("second"), put("third")]);
  expect(made.messages).toBe(0);
  expect(await backups.running()).toBeNull();
  expect(backups.last()).toMatchObject({ ok: true });
  const [listed] = await backups.list();
  expect(listed).toMatchObject({ name: made.name, sizeBytes: made.sizeBytes, kind: "backup" });
  const found = await backups.find(made.name);
  expect(statSync(found?.file ?? "").mode & 0o777).toBe(0o600);
  const copy = new Database(found?.file ?? "", { readonly: true });
  expect(copy.prepare("SELECT count(*) FROM documents WHERE name = 'first'").pluck().get()).toBe(1);
  copy.close();
  expect(await backups.remove(made.name)).toBe(true);
  expect(await backups.remove(made.name)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test("refuses a second backup while one is in progress, and completes the first", async () => {
  const { backups } = await start();
  const first = backups.make();
  await expect(backups.make()).rejects.toThrow("is still in progress: wait until");
  await first;
  expect(backups.last()?.ok).toBe(true);
  expect(await backups.list()).toHaveLength(1);
});

test("a failed backup reports the error, leaves no files, and deletes those of an earlier failure", async () => {
  const { backups, file, folder } = await start();
  await backups.make();
  const [kept] = await backups.list();
  writeFileSync(join(folder, "banyan-2026-01-01.db.part"), "half of it");
  const damaged = createLiveBackups({
    ...{ database: `${file}.none`, dataDir: join(folder, "..") },
    ...{ program: process.cwd(), now: Date.now },
  });
  await expect(damaged.make()).rejects.toThrow(/^Cannot make a backup in .+: free some space, or make the folder/);
  expect(damaged.last()).toMatchObject({ ok: false });
  expect(readdirSync(folder)).toEqual([kept?.name]);
});

test("accepts only names of backups: no path, no link, no other file", async () => {
  const { backups, file, folder } = await start();
  await backups.make();
  symlinkSync(file, join(folder, "banyan-link.db"));
  writeFileSync(join(folder, "notes.db"), "");
  const names = ["../banyan.db", "banyan-link.db", "notes.db", "", ".", "banyan-x.db/../../banyan.db", "banyan-\0.db"];
  for (const name of names) {
    expect([name, await backups.find(name)]).toEqual([name, null]);
    expect(await backups.remove(name)).toBe(false);
  }
  expect(await backups.list()).toHaveLength(1);
  expect(existsSync(file)).toBe(true);
});
