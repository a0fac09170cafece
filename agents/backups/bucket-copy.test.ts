import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkBackup } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";
import { createLiveBackups } from "@/db/file/live-backup";
import type { Writes } from "@/db/file/writes";
import { createBucketRecords } from "@/db/records/bucket-record";
import { openStore } from "@/db/store";
import { openBucket } from "@/lib/bucket/bucket";
import { newKey } from "@/lib/bucket/encryption";
import { startStorage } from "@/lib/bucket/testing/storage";
import { addressOf, type BucketSettings } from "@/lib/env/backups";
import { ownIdentity } from "@/lib/process/identity";
import { copyNow, workOnBucket } from "./bucket-copy";
import { bucketAlert } from "./bucket-schedule";
import { makeBackup, makeDueBackup } from "./make";

const DAY = 86_400_000;

async function openInstallation(keep = 2) {
  const storage = await startStorage();
  onTestFinished(() => storage.close());
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-copies-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const clock = { nowMs: Date.parse("2026-05-01T03:00:00Z"), freeBytes: 1e12 };
  const now = () => clock.nowMs;
  const database = join(dataDir, "banyan.db");
  const store = openStore(database, { migrations: "drizzle", now });
  onTestFinished(() => store.close());
  const backups = createLiveBackups({
    database,
    dataDir,
    program: process.cwd(),
    now,
    freeBytesOf: async () => clock.freeBytes,
  });
  const bucket: BucketSettings = { ...storage.settings, ageKey: await newKey() };
  const backupSettings = { everyMs: DAY, keep, bucket };
  const proven: string[][] = [];
  const sources = {
    store,
    backups,
    backupSettings,
    anchorFile: join(dataDir, "anchor"),
    now,
    async prove(file: string, folder: string) {
      proven.push(readdirSync(folder));
      return checkBackup(file, folder, "drizzle");
    },
  };
  const there = async () => (await openBucket(bucket).list()).map(({ name }) => name).sort();
  const address = addressOf(bucket);
  const read = () => store.bucket.read(address);
  const alert = () => bucketAlert(store.backups.read(), read(), clock.nowMs);
  return { storage, clock, store, sources, bucket, address, read, there, proven, alert, folder: backups.folder };
}

const scheduled = (day: string) => `banyan-scheduled-2026-05-${day}T03-00-00-000Z.db.age`;

test("each backup is copied once and proven; in the bucket too the newest scheduled ones stay, and people's", async () => {
  const { clock, sources, there, proven, folder, read } = await openInstallation();
  expect(await workOnBucket(sources)).toBe(false);
  await makeDueBackup(sources);
  expect(await workOnBucket(sources)).toBe(true);
  expect(await workOnBucket(sources)).toBe(false);
  expect(await there()).toEqual([scheduled("01")]);
  expect(read()).toMatchObject({
    copy: { atMs: clock.nowMs },
    proof: { atMs: clock.nowMs, trees: 0, messages: 0 },
    failure: null,
    claim: null,
  });
  expect(proven).toEqual([["banyan-scheduled-2026-05-01T03-00-00-000Z.db"]]);
  // The decrypted file is gone.
  expect(readdirSync(folder)).toEqual(["banyan-scheduled-2026-05-01T03-00-00-000Z.db"]);

  clock.nowMs += 3_600_000;
  await makeBackup(sources);
  await workOnBucket(sources);
  for (const _ of [2, 3]) {
    clock.nowMs += DAY;
    await makeDueBackup(sources);
    await workOnBucket(sources);
  }
  expect(await there()).toEqual(["banyan-2026-05-01T04-00-00-000Z.db.age", expect.any(String), expect.any(String)]);
  expect(read().held).toHaveLength(2);
});

test("another installation's backups in the same folder are never removed", async () => {
  const { clock, sources, bucket, there } = await openInstallation(1);
  const pieces = async function* () {
    yield Buffer.from("theirs");
  };
  const begun = async () => {};
  await openBucket(bucket).upload({ name: scheduled("00"), sizeBytes: 6, pieces: pieces(), begun });
  for (const _ of [1, 2]) {
    await makeDueBackup(sources);
    await workOnBucket(sources);
    clock.nowMs += DAY;
  }
  expect(await there()).toEqual([scheduled("00"), scheduled("02")]);
});

test("a storage that is away is told, tried again after ten minutes, and nothing is removed before the proof", async () => {
  const { storage, clock, sources, there, alert, read } = await openInstallation(1);
  await makeDueBackup(sources);
  await workOnBucket(sources);
  clock.nowMs += DAY;
  await makeDueBackup(sources);
  storage.plant(() => ({ status: 403, code: "AccessDenied" }));
  await expect(workOnBucket(sources)).rejects.toThrow("does not allow this access key");
  expect(read()).toMatchObject({ failure: { step: "copy" }, claim: null });
  expect(alert()).toMatchObject({
    what: "backup",
    sentence: "The last backup did not reach the bucket; the newest one there is 1 d 0 h old.",
    remedy: expect.stringMatching(/does not allow this access key.+ tries again within 10 m\.$/),
  });
  storage.plant(({ method }) => (method === "GET" ? { status: 403, code: "AccessDenied" } : undefined));
  expect(await workOnBucket(sources)).toBe(false);
  clock.nowMs += 600_000;
  await expect(workOnBucket(sources)).rejects.toThrow("does not allow this access key");
  expect(read()).toMatchObject({ failure: { step: "proof" }, copy: { atMs: clock.nowMs } });
  expect(alert()?.sentence).toBe("The newest backup in the bucket failed its test restore.");
  storage.plant(null);
  expect(await there()).toEqual([scheduled("01"), scheduled("02")]);
  clock.nowMs += 600_000;
  await workOnBucket(sources);
  expect(await there()).toEqual([scheduled("02")]);
  expect(alert()).toBeNull();
});

/** Puts bytes that are no backup in the place of a copy. */
async function damage(settings: BucketSettings, name: string): Promise<void> {
  const pieces = (async function* () {
    yield Buffer.from("wrong");
  })();
  await openBucket(settings).upload({ name, sizeBytes: 5, pieces, begun: async () => {} });
}

test("a copy that is damaged in the bucket fails its proof, and is sent again from this machine", async () => {
  const { clock, sources, bucket, alert, storage, read } = await openInstallation();
  await makeDueBackup(sources);
  await workOnBucket(sources);
  await damage(bucket, scheduled("01"));
  await expect(copyNow(sources)).rejects.toThrow("is not an encrypted backup");
  expect(read()).toMatchObject({ failure: { step: "proof", isDamaged: true }, proof: null });
  expect(alert()?.remedy).toMatch(/ The server sends the backup again within 10 m\.$/);
  expect(await workOnBucket(sources)).toBe(false);
  clock.nowMs += 600_000;
  const before = storage.requests.length;
  expect(await workOnBucket(sources)).toBe(true);
  expect(storage.requests.slice(before).map(({ method }) => method)).toEqual(expect.arrayContaining(["PUT", "GET"]));
  expect(read()).toMatchObject({ failure: null, proof: { atMs: clock.nowMs } });
  expect(alert()).toBeNull();
});

test("a copy that stays damaged is fetched ever more rarely, and a new backup does not wait for it", async () => {
  const { clock, sources, read } = await openInstallation();
  await makeDueBackup(sources);
  const broken = {
    ...sources,
    prove: async () => {
      throw new StoreError("unreadable", "The backup is damaged: name another one.");
    },
  };
  const waits: number[] = [];
  for (let at = 0; at < 8; at += 1) {
    const sinceMs = clock.nowMs;
    const works = () => workOnBucket(broken).catch(() => true);
    while (!(await works())) clock.nowMs += 600_000;
    waits.push((clock.nowMs - sinceMs) / 60_000);
  }
  expect(waits).toEqual([0, 10, 20, 40, 80, 160, 320, 360]);
  expect(read().failure).toMatchObject({ step: "proof", tries: 8 });
  clock.nowMs += DAY / 12;
  await makeBackup(sources);
  expect(await workOnBucket(sources)).toBe(true);
  expect(read()).toMatchObject({ failure: null, proof: { atMs: clock.nowMs } });
});

test("a killed process leaves neither a claim for ever, nor its upload, nor a decrypted file", async () => {
  const { storage, clock, store, sources, there, folder, address } = await openInstallation();
  await makeDueBackup(sources);
  const alive = { holder: ownIdentity(), begunAtMs: clock.nowMs, seenAtMs: clock.nowMs, address };
  const upload = { object: "lost.db.age", id: "0123456789abcdef" };
  await store.bucket.claim({ ...alive, upload }, () => true);
  expect(await workOnBucket(sources)).toBe(false);
  await expect(copyNow(sources)).rejects.toThrow("on its way to the bucket");
  await store.bucket.claim({ ...alive, upload, holder: { ...alive.holder, processStart: "1" } }, () => true);
  mkdirSync(join(folder, "proof-left"));
  expect(await workOnBucket(sources)).toBe(true);
  expect(storage.requests).toContainEqual({
    method: "DELETE",
    url: "/backups/team/lost.db.age?uploadId=0123456789abcdef",
  });
  expect(await there()).toEqual([scheduled("01")]);
  expect(readdirSync(folder)).toEqual(["banyan-scheduled-2026-05-01T03-00-00-000Z.db"]);

  // In another container a process cannot be seen; its signs of life count.
  clock.nowMs += DAY;
  await makeDueBackup(sources);
  const unseen = { ...alive, seenAtMs: clock.nowMs, holder: { ...alive.holder, pidNamespace: "pid:[1]" } };
  await store.bucket.claim({ ...unseen, upload: null }, () => true);
  expect(await workOnBucket(sources)).toBe(false);
  clock.nowMs += 1_800_000;
  expect(await workOnBucket(sources)).toBe(true);
});

test("a failure that the full disk does not take is written when there is space, and the work goes on", async () => {
  const { clock, store, sources, alert, read } = await openInstallation();
  await makeDueBackup(sources);
  let isFull = false;
  const write: Writes["write"] = (run) => (isFull ? Promise.reject(new Error("disk is full")) : store.log.write(run));
  const bucket = createBucketRecords(store.client.sqlite, { ...store.log, write });
  const prove = async () => {
    isFull = true;
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    throw new StoreError("full", "The disk is full.");
  };
  onTestFinished(() => void vi.useRealTimers());
  const failing = { ...sources, store: { ...store, bucket }, prove };
  await expect(workOnBucket(failing)).rejects.toThrow("The disk is full.");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(read()).toMatchObject({ failure: null, claim: { holder: ownIdentity() } });
  isFull = false;
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  await expect
    .poll(() => read())
    .toMatchObject({ claim: null, failure: { step: "proof", sentence: "The disk is full.", tries: 1 } });
  expect(alert()?.sentence).toBe("The newest backup in the bucket failed its test restore.");
  clock.nowMs += 600_000;
  expect(await workOnBucket(sources)).toBe(true);
  expect(read()).toMatchObject({ claim: null, failure: null });
});

test("a claim mutes the alert only while its process lives and gives signs of life", async () => {
  const { clock, store, sources, alert, address } = await openInstallation();
  await makeDueBackup(sources);
  clock.nowMs += 3_600_000;
  const claim = { holder: ownIdentity(), begunAtMs: clock.nowMs, seenAtMs: clock.nowMs, address, upload: null };
  const late = "A backup waits to be copied to the bucket; there is none yet.";
  await store.bucket.claim({ ...claim, holder: { ...claim.holder, processStart: "1" } }, () => true);
  expect(alert()?.sentence).toBe(late);
  await store.bucket.claim(claim, () => true);
  expect(alert()).toBeNull();
  clock.nowMs += 1_800_000;
  expect(alert()?.sentence).toBe(late);
  expect(await workOnBucket(sources)).toBe(true);
});

test("a copy that somebody deleted from the bucket is sent again", async () => {
  const { clock, sources, bucket, there, alert, read } = await openInstallation();
  await makeDueBackup(sources);
  await workOnBucket(sources);
  await openBucket(bucket).remove(scheduled("01"));
  await expect(copyNow(sources)).rejects.toThrow("is not in the bucket any more");
  expect(read()).toMatchObject({ failure: { isDamaged: true }, proof: null });
  expect(alert()?.remedy).toMatch(/ The server sends the backup again within 10 m\.$/);
  clock.nowMs += 600_000;
  expect(await workOnBucket(sources)).toBe(true);
  expect(await there()).toEqual([scheduled("01")]);
  expect(read()).toMatchObject({ failure: null, proof: { atMs: clock.nowMs } });
});

test("a bucket at another address has no copy yet: it gets one, and nothing is removed there", async () => {
  const { clock, store, sources, bucket, there } = await openInstallation(1);
  await makeDueBackup(sources);
  await workOnBucket(sources);
  const elsewhere = { ...bucket, prefix: "elsewhere/" };
  const read = () => store.bucket.read(addressOf(elsewhere));
  expect(read()).toMatchObject({ copy: null, proof: null, held: [] });
  clock.nowMs += 3_600_000;
  expect(bucketAlert(store.backups.read(), read(), clock.nowMs)?.sentence).toContain("there is none yet");
  const moved = { ...sources, backupSettings: { ...sources.backupSettings, bucket: elsewhere } };
  expect(await workOnBucket(moved)).toBe(true);
  expect(read()).toMatchObject({ copy: { atMs: clock.nowMs }, proof: { atMs: clock.nowMs }, held: { length: 1 } });
  expect((await openBucket(elsewhere).list()).map(({ name }) => name)).toEqual([scheduled("01")]);
  expect(await there()).toEqual([scheduled("01")]);
});

test("an upload that failed while the storage was away is ended when it is back, and once", async () => {
  const { storage, clock, store, sources, bucket, read, address } = await openInstallation();
  await makeDueBackup(sources);
  const upload = { object: "banyan-x.db.age", id: "0123456789abcdef" };
  const claim = { holder: ownIdentity(), begunAtMs: clock.nowMs, seenAtMs: clock.nowMs, address, upload };
  await store.bucket.claim(claim, () => true);
  await store.bucket.release(claim);
  expect(read()).toMatchObject({ claim: null, left: [upload] });
  storage.plant(() => ({ status: 403, code: "AccessDenied" }));
  await expect(workOnBucket(sources)).rejects.toThrow("does not allow this access key");
  expect(read().left).toEqual([upload]);
  // Also without a key it costs money.
  storage.plant(null);
  clock.nowMs += 600_000;
  const keyless = { ...sources, backupSettings: { ...sources.backupSettings, bucket: { ...bucket, ageKey: null } } };
  await expect(workOnBucket(keyless)).rejects.toThrow("BANYAN_BACKUP_KEY is missing");
  expect(storage.requests.at(-1)).toMatchObject({ method: "DELETE", url: expect.stringContaining("0123456789abcdef") });
  expect(read().left).toEqual([]);
});

test("a process whose claim another one has taken notes nothing and releases nothing", async () => {
  const { clock, store, read, address } = await openInstallation();
  const claim = { holder: ownIdentity(), begunAtMs: clock.nowMs, seenAtMs: clock.nowMs, address, upload: null };
  await store.bucket.claim(claim, () => true);
  const later = { ...claim, begunAtMs: clock.nowMs + 1 };
  await store.bucket.claim(later, () => true);
  expect(await store.bucket.sign(claim, { seenAtMs: 1 })).toBe(false);
  await store.bucket.release(claim);
  expect(read().claim).toEqual(later);
  expect(await store.bucket.sign(later, { seenAtMs: 1 })).toBe(true);
});

test("a test restore of an hour gives a sign of life each minute", async () => {
  const { clock, sources, read } = await openInstallation();
  await makeDueBackup(sources);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const prove: typeof sources.prove = async (file, folder) => {
    clock.nowMs += 3_600_000;
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => read().claim?.seenAtMs).toBe(clock.nowMs);
    return sources.prove(file, folder);
  };
  expect(await workOnBucket({ ...sources, prove })).toBe(true);
});

test("a damaged copy that was never sent again takes no good one's place, and goes", async () => {
  const { clock, sources, bucket, there, read } = await openInstallation();
  await makeDueBackup(sources);
  await workOnBucket(sources);
  clock.nowMs += DAY;
  await makeDueBackup(sources);
  await workOnBucket(sources);
  await damage(bucket, scheduled("02"));
  await expect(copyNow(sources)).rejects.toThrow("is not an encrypted backup");
  expect(read().damaged).toHaveLength(1);
  clock.nowMs += DAY;
  await makeDueBackup(sources);
  await workOnBucket(sources);
  expect(await there()).toEqual([scheduled("01"), scheduled("03")]);
  expect(read().damaged).toEqual([]);
});

test("a copy under another key is no damaged one, and stays", async () => {
  const { clock, sources, bucket, there, read } = await openInstallation();
  await makeDueBackup(sources);
  await workOnBucket(sources);
  const renewed = { ...sources.backupSettings, bucket: { ...bucket, ageKey: await newKey() } };
  const later = { ...sources, backupSettings: renewed };
  await expect(copyNow(later)).rejects.toThrow("The key does not open the backup");
  expect(read()).toMatchObject({ failure: { step: "proof", isDamaged: false }, damaged: [] });
  clock.nowMs += DAY;
  await makeDueBackup(later);
  await workOnBucket(later);
  expect(await there()).toEqual([scheduled("01"), scheduled("02")]);
});

test.each(["full", "unreadable"] as const)(
  "a database of this machine that is %s during the test restore is no damage of the copy",
  async (kind) => {
    const { clock, store, sources, read } = await openInstallation();
    await makeDueBackup(sources);
    await workOnBucket(sources);
    const bucket: typeof store.bucket = {
      ...store.bucket,
      sign: () => Promise.reject(new StoreError(kind, "The database failed.")),
    };
    // A minute passes whenever somebody looks.
    const now = () => {
      clock.nowMs += 60_000;
      return clock.nowMs;
    };
    await expect(copyNow({ ...sources, now, store: { ...store, bucket } })).rejects.toThrow("The database failed.");
    expect(read()).toMatchObject({ failure: { step: "proof", isDamaged: false }, damaged: [] });
  },
);

test("a copy that was found damaged and is then proven as it is stays in the bucket", async () => {
  const { sources, bucket, there, read } = await openInstallation(1);
  await makeDueBackup(sources);
  await workOnBucket(sources);
  const prove = async () => {
    throw new StoreError("unreadable", "The backup is damaged: name another one.");
  };
  await expect(copyNow({ ...sources, prove })).rejects.toThrow("The backup is damaged");
  expect(read().damaged).toHaveLength(1);
  // Another failure comes between, so the backup is not sent again.
  const keyless = { ...sources, backupSettings: { ...sources.backupSettings, bucket: { ...bucket, ageKey: null } } };
  await expect(copyNow(keyless)).rejects.toThrow("BANYAN_BACKUP_KEY is missing");
  await copyNow(sources);
  expect(await there()).toEqual([scheduled("01")]);
  expect(read()).toMatchObject({ damaged: [], proof: {}, held: { length: 1 } });
});

test("a disk that fills up during the test restore is no damage of the copy", async () => {
  const { sources, read } = await openInstallation();
  await makeDueBackup(sources);
  const prove = async () => {
    throw new StoreError("full", "The disk is full: free some space.");
  };
  await expect(workOnBucket({ ...sources, prove })).rejects.toThrow("The disk is full");
  expect(read().failure).toMatchObject({ step: "proof", isDamaged: false });
});

test("without a key nothing leaves the machine, and a disk without space for the test restore is told", async () => {
  const { storage, clock, sources, bucket, read } = await openInstallation();
  await makeDueBackup(sources);
  const keyless = { ...sources, backupSettings: { ...sources.backupSettings, bucket: { ...bucket, ageKey: null } } };
  await expect(workOnBucket(keyless)).rejects.toThrow("The setting BANYAN_BACKUP_KEY is missing: make a key");
  expect(storage.requests).toEqual([]);
  clock.nowMs += 600_000;
  clock.freeBytes = 1_000;
  await expect(workOnBucket(sources)).rejects.toThrow(/^A test restore needs .+ of free disk/);
  expect(read()).toMatchObject({ failure: { step: "proof" }, proof: null });
});

test("a backup that waits for an hour is told as late, but not while a process works on it", async () => {
  const { clock, store, sources, alert, address } = await openInstallation();
  expect(alert()).toBeNull();
  await makeDueBackup(sources);
  clock.nowMs += 3_599_000;
  expect(alert()).toBeNull();
  clock.nowMs += 1_000;
  expect(alert()?.sentence).toBe("A backup waits to be copied to the bucket; there is none yet.");
  const claim = { holder: ownIdentity(), begunAtMs: clock.nowMs, seenAtMs: clock.nowMs, address, upload: null };
  await store.bucket.claim(claim, () => true);
  expect(alert()).toBeNull();
});

test("copies in the bucket from a clock that was wrong go first, and the newest copy stays", async () => {
  const { clock, sources, there, read } = await openInstallation();
  const rightMs = clock.nowMs;
  for (const atMs of [rightMs + 400 * DAY, rightMs + 401 * DAY, rightMs, rightMs + DAY]) {
    clock.nowMs = atMs;
    await makeDueBackup(sources);
    await workOnBucket(sources);
  }
  expect(await there()).toEqual([scheduled("01"), scheduled("02")]);
  expect(read().held).toHaveLength(2);
});
