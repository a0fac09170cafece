import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { clean, unarchivedSentence } from "./clean";
import { limitsOf } from "./fates";
import { cleanIfDue } from "./watch";

const NOW = Date.now();
const UNSET = { days: null, megabytes: null, keepsGoals: null };

async function withOldTrees(...uids: string[]) {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-retention-archive-"));
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle", now: () => NOW });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  for (const uid of uids) {
    await insertSmallTree(store, { uid, instruction: uid, workspace: join(dataDir, "workspaces", uid) });
    store.client.sqlite.prepare("UPDATE trees SET ended_at_ms = 1 WHERE uid = ?").run(uid);
    store.client.sqlite
      .prepare("UPDATE tasks SET status = 'succeeded', ended_at_ms = 1 WHERE uid = ?")
      .run(`${uid}-root`);
  }
  const names = () => store.client.sqlite.prepare("SELECT uid FROM trees ORDER BY id").pluck().all();
  /** Writes each tree's id as its archive; “full” cannot be written. */
  const archive = async (uid: string, folder: string) => {
    expect(names()).toContain(uid);
    if (uid === "full") throw new Error("no space left on the disk.");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, uid), uid);
  };
  const snapshots = { drop: async () => {}, trees: async () => [] };
  return { store, dataDir, names, sources: { store, dataDir, now: () => NOW, snapshots, archive } };
}

test("a tree is archived before it goes, and one that cannot be archived stays, with the reason", async () => {
  const { dataDir, names, sources, store } = await withOldTrees("first", "full", "last");
  const limits = { days: 30, bytes: null, keepsGoals: true, archives: { folder: "kept" } };
  const done = await clean(sources, () => limits, "person");
  expect(done).toMatchObject({ removed: 2, unarchived: 1 });
  expect([names(), readdirSync(join(dataDir, "kept"))]).toEqual([["full"], ["first", "last"]]);
  const sentence = "1 tree could not be archived and stayed: no space left on the disk.";
  expect(done && unarchivedSentence(done)).toBe(sentence);
  expect(store.retention.read().last).toMatchObject({ removed: 2, problem: sentence });
  // A process that cannot archive removes nothing.
  expect(await clean({ ...sources, archive: undefined }, () => limits, "person")).toMatchObject({ removed: 0 });
});

test("by size, a later tree goes for one that cannot be archived", async () => {
  const { names, sources, store, dataDir } = await withOldTrees("full", "middle", "last");
  for (const uid of ["full", "middle", "last"]) {
    mkdirSync(join(dataDir, "workspaces", uid), { recursive: true });
    writeFileSync(join(dataDir, "workspaces", uid, "big"), Buffer.alloc(4_000_000, 1));
  }
  const bytes = store.queries.status.sizeBytes() + 9_000_000;
  const limits = { days: null, bytes, keepsGoals: true, archives: { folder: "kept" } };
  expect(await clean(sources, () => limits, "person")).toMatchObject({ removed: 1, unarchived: 1 });
  expect(names()).toEqual(["full", "last"]);
});

test("the daily run archives where the settings say so, and in the data folder where an admin does", async () => {
  const { dataDir, names, sources, store } = await withOldTrees("first");
  await store.retention.set({ days: 30, archives: true });
  const watch = { ...sources, retentionSettings: UNSET, isTrial: () => false, report: () => {} };
  expect(await cleanIfDue(watch)).toBe(true);
  expect([names(), readdirSync(join(dataDir, "archives"))]).toEqual([[], ["first"]]);
  const { limits } = store.retention.read();
  expect(limitsOf(limits, { ...UNSET, archiveFolder: "off" }).archives).toBe(null);
  expect(limitsOf(limits, { ...UNSET, archiveFolder: "/srv/kept" }).archives).toEqual({ folder: "/srv/kept" });
  expect(limitsOf({ days: 1, megabytes: null, keepsGoals: null }, UNSET).archives).toBe(null);
});
