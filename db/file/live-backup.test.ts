import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { type BackupKind, createLiveBackups, newestFirst, timeIn } from "./live-backup";

async function start() {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-live-backup-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const file = join(dataDir, "banyan.db");
  const store = openStore(file, { migrations: "drizzle" });
  onTestFinished(() => void store.client.sqlite.close());
  const put = (name: string) =>
    store.configuration.put({ kind: "document", name, description: "", body: { body: name } }, "test", "test");
  let nowMs = Date.parse("2026-05-01T10:00:00Z");
  const now = () => {
    nowMs += 1_000;
    return nowMs;
  };
  const backups = createLiveBackups({ database: file, dataDir, program: process.cwd(), now });
  const make = (kind: BackupKind = "backup") => backups.make(backups.nameAt(now(), kind));
  return { dataDir, file, put, backups, make, now, folder: join(dataDir, "backups") };
}

test("makes a backup during writes, checks it, and can find, list and remove it", async () => {
  const { put, backups, make, folder } = await start();
  await put("first");
  const making = make();
  expect(backups.running()?.step).toBe("copying");
  const [made] = await Promise.all([making, put("second"), put("third")]);
  expect(made.messages).toBe(0);
  expect(backups.running()).toBeNull();
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
  const { backups, make } = await start();
  const first = make();
  await expect(make()).rejects.toThrow("is still in progress: wait until");
  await first;
  expect(await backups.list()).toHaveLength(1);
});

test("a failed backup reports the error, leaves no files, and deletes those of an earlier failure", async () => {
  const { backups, make, file, folder } = await start();
  await make();
  const [kept] = await backups.list();
  writeFileSync(join(folder, "banyan-2026-01-01.db.part"), "half of it");
  const damaged = createLiveBackups({
    database: `${file}.none`,
    dataDir: join(folder, ".."),
    program: process.cwd(),
    now: Date.now,
  });
  const name = damaged.nameAt(Date.now(), "backup");
  await expect(damaged.make(name)).rejects.toThrow(/^Cannot make a backup in .+: free some space, or make the folder/);
  expect(readdirSync(folder)).toEqual([kept?.name]);
});

test("V4: a backup is never written through a link that stands where its copy goes", async () => {
  const { file, folder, dataDir, now } = await start();
  const elsewhere = join(dataDir, "elsewhere");
  writeFileSync(elsewhere, "");
  const name = "banyan-2026-01-02.db";
  // The last step before the copy begins.
  const freeBytesOf = async () => {
    symlinkSync(elsewhere, join(folder, `${name}.part`));
    return Number.MAX_SAFE_INTEGER;
  };
  const backups = createLiveBackups({ database: file, dataDir, program: process.cwd(), now, freeBytesOf });
  await expect(backups.make(name)).rejects.toThrow(/^Cannot make a backup in /);
  expect([statSync(elsewhere).size, readdirSync(folder)]).toEqual([0, []]);
});

test("accepts only names of backups: no path, no link, no other file", async () => {
  const { backups, make, file, folder } = await start();
  await make();
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

test("keeps the newest scheduled backups, and every backup that a person made", async () => {
  const { backups, make } = await start();
  const own = await make();
  const scheduled = [await make("scheduled"), await make("scheduled"), await make("scheduled")];
  await backups.keepNewest(2, scheduled[2]?.name ?? "");
  const names = (await backups.list()).map(({ name, kind }) => [name, kind]).sort();
  expect(names).toEqual([[own.name, "backup"], ...scheduled.slice(1).map(({ name }) => [name, "scheduled"])].sort());
});

test("scheduled backups of a clock that was wrong go first, and the one just made stays", async () => {
  const { backups, make, folder } = await start();
  const kept = await make("scheduled");
  for (const year of [2027, 2028]) {
    const name = backups.nameAt(Date.parse(`${year}-01-01T00:00:00Z`), "scheduled");
    writeFileSync(join(folder, name), "of the future");
  }
  const made = await make("scheduled");
  const left = async () => (await backups.list()).map(({ name }) => name).sort();
  await backups.keepNewest(2, made.name);
  expect(await left()).toEqual([kept.name, made.name].sort());
  // Also when the clock has gone back beyond all of them.
  const early = backups.nameAt(Date.parse("2026-04-01T00:00:00Z"), "scheduled");
  writeFileSync(join(folder, early), "just made");
  await backups.keepNewest(1, early);
  expect(await left()).toContain(early);
});

test("backups are sorted by the time in their names, whoever made them", () => {
  const [first, second] = ["banyan-scheduled-2026-05-01T03-00-00-000Z.db", "banyan-2026-05-02T03-00-00-000Z.db"];
  const names = ["banyan-x.db", "banyan-2030-01-01T00-00-00-000Z.db", first, second];
  expect(newestFirst(names, Date.parse("2026-06-01T00:00:00Z"))).toEqual([second, first, names[1], names[0]]);
  expect(timeIn(second)).toBe(Date.parse("2026-05-02T03:00:00.000Z"));
  expect(["banyan-2026-99-02T03-00-00-000Z.db", "replaced-2026-05-02T03-00-00-000Z.db"].map(timeIn)).toEqual([
    null,
    null,
  ]);
});

test("refuses before it writes when the copy would fill the disk that the database needs", async () => {
  const { dataDir, file, now, folder } = await start();
  const full = createLiveBackups({
    database: file,
    dataDir,
    program: process.cwd(),
    now,
    freeBytesOf: async () => 1_000_000,
  });
  await expect(full.make(full.nameAt(now(), "scheduled"))).rejects.toThrow(
    /needs .+ of free disk and 977 KB are free; delete old backups or trees, or make the disk larger\.$/,
  );
  expect(readdirSync(folder)).toEqual([]);
});
