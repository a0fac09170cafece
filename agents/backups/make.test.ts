import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createLiveBackups } from "@/db/file/live-backup";
import type { Writes } from "@/db/file/writes";
import { createBackupRecords } from "@/db/records/backup-record";
import { openStore } from "@/db/store";
import { ownIdentity } from "@/lib/process/identity";
import { makeBackup, makeDueBackup } from "./make";
import { startBackupWatch } from "./watch";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function openInstallation() {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-backups-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const clock = { nowMs: Date.parse("2026-05-01T03:00:00Z"), freeBytes: 1e12 };
  const now = () => clock.nowMs;
  /** Opens the database as another process would. */
  const open = (keep = 2) => {
    const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle", now });
    onTestFinished(() => store.close());
    const backups = createLiveBackups({
      database: join(dataDir, "banyan.db"),
      dataDir,
      program: process.cwd(),
      now,
      freeBytesOf: async () => clock.freeBytes,
    });
    const sources = {
      store,
      backups,
      backupSettings: { everyMs: DAY, keep },
      anchorFile: join(dataDir, "anchor"),
      now,
    };
    return { store, backups, sources };
  };
  return { clock, open, names: () => readdirSync(join(dataDir, "backups")).sort() };
}

test("makes a backup when it is due, once for any number of missed times, and keeps the newest", async () => {
  const { clock, open, names } = openInstallation();
  const { sources } = open();
  expect((await makeDueBackup(sources))?.name).toBe("banyan-scheduled-2026-05-01T03-00-00-000Z.db");
  expect(await makeDueBackup(sources)).toBeNull();
  clock.nowMs += DAY;
  await makeDueBackup(sources);
  clock.nowMs += 5 * DAY;
  // A restarted process reads the record.
  const restarted = open().sources;
  await makeDueBackup(restarted);
  expect(await makeDueBackup(restarted)).toBeNull();
  expect(names()).toEqual(["02T", "07T"].map((day) => `banyan-scheduled-2026-05-${day}03-00-00-000Z.db`));
});

test("of several processes one makes it; a person's backup waits for it; a killed process holds up nobody", async () => {
  const { clock, open, names } = openInstallation();
  const [a, b] = [open(), open()];
  const made = await Promise.all([makeDueBackup(a.sources), makeDueBackup(b.sources)]);
  expect(made.filter((result) => result !== null)).toHaveLength(1);
  expect(names()).toHaveLength(1);

  clock.nowMs += DAY;
  const claim = { name: "banyan-scheduled-1.db", begunAtMs: clock.nowMs, holder: ownIdentity() };
  await b.store.backups.claim(claim, () => true);
  expect(await makeDueBackup(a.sources)).toBeNull();
  await expect(makeBackup(a.sources)).rejects.toThrow("The backup banyan-scheduled-1.db is still in progress");
  await b.store.backups.claim({ ...claim, holder: { ...claim.holder, processStart: "1" } }, () => true);
  expect(await makeDueBackup(a.sources)).not.toBeNull();

  // In another container a process cannot be seen, so its claim ends after a time.
  clock.nowMs += DAY;
  const unseen = { ...claim, begunAtMs: clock.nowMs, holder: { ...claim.holder, pidNamespace: "pid:[1]" } };
  await b.store.backups.claim(unseen, () => true);
  expect(await makeDueBackup(a.sources)).toBeNull();
  clock.nowMs += 3 * HOUR;
  expect(await makeDueBackup(a.sources)).not.toBeNull();
});

test("a process that was killed between the file and its record has made its backup: no second one is made", async () => {
  const { clock, open, names } = openInstallation();
  const { sources, store } = open();
  let isMade = () => {};
  const made = new Promise<void>((resolve) => {
    isMade = resolve;
  });
  const killed = new Promise<void>(() => {});
  const succeeded = () => {
    isMade();
    return killed;
  };
  void makeDueBackup({ ...sources, store: { ...store, backups: { ...store.backups, succeeded } } });
  await made;
  const { claim } = store.backups.read();
  const dead = { ...ownIdentity(), processStart: "1" };
  await store.backups.claim({ ...(claim as NonNullable<typeof claim>), holder: dead }, () => true);
  clock.nowMs += HOUR;
  expect(await makeDueBackup(open().sources)).toBeNull();
  expect(names()).toEqual([claim?.name]);
  expect(store.backups.read()).toMatchObject({
    claim: null,
    success: { name: claim?.name, begunAtMs: claim?.begunAtMs },
  });
});

test("a full disk is a recorded failure, removes nothing, and the next try is an hour later", async () => {
  const { clock, open, names } = openInstallation();
  const { sources, store } = open(1);
  await makeDueBackup(sources);
  const kept = names();
  clock.nowMs += DAY;
  clock.freeBytes = 5_000;
  await expect(makeDueBackup(sources)).rejects.toThrow("needs");
  await expect.poll(() => store.backups.read()).toMatchObject({ failure: { atMs: clock.nowMs }, claim: null });
  expect(store.backups.read().success).not.toBeNull();
  expect(names()).toEqual(kept);
  expect(await makeDueBackup(sources)).toBeNull();
  clock.freeBytes = 1e12;
  clock.nowMs += HOUR;
  await makeDueBackup(sources);
  expect(store.backups.read().failure).toBeNull();
  expect(names()).toHaveLength(1);
  expect(names()).not.toEqual(kept);
});

test("a failure that the full disk does not take is written at the next look, and blocks no other process", async () => {
  const { open } = openInstallation();
  const [{ store, sources, backups }, other] = [open(), open()];
  let isFull = false;
  const write: Writes["write"] = (run) => (isFull ? Promise.reject(new Error("disk is full")) : store.log.write(run));
  const failing = {
    ...sources,
    store: { ...store, backups: createBackupRecords(store.client.sqlite, { ...store.log, write }) },
    backups: {
      ...backups,
      async make() {
        isFull = true;
        throw new Error("There is no space.");
      },
    },
  };
  await expect(makeDueBackup(failing)).rejects.toThrow("no space");
  expect(failing.store.backups.read()).toMatchObject({ failure: { sentence: "There is no space." }, claim: null });
  await expect(makeBackup(other.sources)).rejects.toThrow("is still in progress");
  expect(await makeDueBackup(failing)).toBeNull();
  isFull = false;
  expect(await makeDueBackup(failing)).toBeNull();
  expect(other.store.backups.read()).toMatchObject({ failure: { sentence: "There is no space." }, claim: null });
  expect((await makeBackup(other.sources)).sizeBytes).toBeGreaterThan(0);
});

test("a process without a watch writes such a failure too, when there is space", async () => {
  const { open } = openInstallation();
  const [{ store, sources, backups }, other] = [open(), open()];
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let isFull = false;
  const write: Writes["write"] = (run) => (isFull ? Promise.reject(new Error("disk is full")) : store.log.write(run));
  const records = createBackupRecords(store.client.sqlite, { ...store.log, write });
  const make = async () => {
    isFull = true;
    throw new Error("There is no space.");
  };
  const failing = { ...sources, store: { ...store, backups: records }, backups: { ...backups, make } };
  await expect(makeBackup(failing)).rejects.toThrow("no space");
  await vi.advanceTimersByTimeAsync(30_000);
  isFull = false;
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  await expect.poll(() => other.store.backups.read()).toMatchObject({ failure: {}, claim: null });
});

test("a copy that cannot be made replaces no older backup", async () => {
  const { clock, open, names } = openInstallation();
  const { sources, backups } = open(1);
  await makeDueBackup(sources);
  const kept = names();
  clock.nowMs += DAY;
  writeFileSync(join(backups.folder, backups.nameAt(clock.nowMs, "scheduled")), "");
  await expect(makeDueBackup(sources)).rejects.toThrow("exists already");
  expect(names()).toEqual(expect.arrayContaining(kept));
});

test("the watch looks at its start and at each interval, and reports a failure in one sentence", async () => {
  const { clock, open, names } = openInstallation();
  const { sources } = open();
  const told: string[] = [];
  let check = () => {};
  const timers = {
    after: () => () => {},
    every(_ms: number, run: () => void) {
      check = run;
      return () => {};
    },
  };
  const end = startBackupWatch({ ...sources, report: (message) => void told.push(message) }, timers);
  await expect.poll(() => sources.store.backups.read().success).not.toBeNull();
  expect(names()).toHaveLength(1);
  clock.nowMs += DAY;
  clock.freeBytes = 0;
  await expect
    .poll(() => {
      check();
      return told;
    })
    .toHaveLength(1);
  expect(told[0]).toMatch(/^The scheduled backup failed\. Cannot make a backup in .+ larger\.$/);
  end();
});
