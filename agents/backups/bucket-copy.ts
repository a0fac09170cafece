/** Copies the newest backup to the bucket, encrypted, and proves the copy: fetches it, decrypts it, restores it. */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bytes } from "@/core/words/figures";
import type { BackupContents } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";
import { type LiveBackups, newestFirst } from "@/db/file/live-backup";
import type { BucketClaim, BucketRecord } from "@/db/records/bucket-record";
import type { Store } from "@/db/store";
import { type Bucket, openBucket } from "@/lib/bucket/bucket";
import { decryptTo, encryptFile } from "@/lib/bucket/encryption";
import { BucketError, DamagedError } from "@/lib/bucket/faults";
import { addressOf, type BackupSettings, type BucketSettings } from "@/lib/env/backups";
import { ownIdentity } from "@/lib/process/identity";
import { untilDone } from "@/lib/time/until-done";
import { bucketWork, isBusy, isDamaged, mayTry } from "./bucket-schedule";
import { scheduleOf } from "./schedule";

export interface BucketSources {
  store: Pick<Store, "backups" | "bucket">;
  backups: LiveBackups;
  backupSettings: BackupSettings;
  now(): number;
  /** Restores a decrypted backup into its folder and resolves with what it holds. Rejects with a StoreError. */
  prove(file: string, folder: string): Promise<BackupContents>;
  report?(message: string, error?: unknown): void;
}

/** The ending of an encrypted backup's name. */
const ENCRYPTED = ".age";
const SIGN_MS = 60_000;
const PROOF_FOLDER = "proof-";
const SPARE_BYTES = 100_000_000;
const MISSING_KEY =
  "The setting BANYAN_BACKUP_KEY is missing: make a key with `npx banyan backup --new-key`, keep a copy of it away from this machine, and set it.";

/** Returns the name of a backup's encrypted copy. */
export function objectOf(name: string): string {
  return name + ENCRYPTED;
}

/** Does what is due. Resolves with false when nothing is, or another process does it. Rejects with a BucketError or StoreError. */
export async function workOnBucket(sources: BucketSources): Promise<boolean> {
  const { bucket } = sources.backupSettings;
  const { store, now } = sources;
  if (!bucket) return false;
  const { success } = store.backups.read();
  // Somebody may have deleted it; then the next one is copied.
  const isThere = success !== null && (await sources.backups.find(success.name)) !== null;
  const isDue = (record: BucketRecord) => {
    const newest = { success: isThere ? success : null };
    return bucketWork(newest, record) !== null && mayTry(newest, record, now());
  };
  if (!isDue(store.bucket.read(addressOf(bucket)))) return false;
  return claimAndWork(sources, bucket, isDue);
}

/** Copies the newest backup now, and proves it, also when it was proven before. Rejects with a StoreError `in_use` while another process does. */
export async function copyNow(sources: BucketSources): Promise<BucketRecord> {
  const { bucket } = sources.backupSettings;
  if (!bucket) throw new StoreError("failed", "No bucket is set: set BANYAN_BACKUP_S3_URL and restart the server.");
  const isDone = await claimAndWork(sources, bucket, () => true, { provesAgain: true });
  if (!isDone) throw new StoreError("in_use", "A backup is on its way to the bucket: wait until it is there.");
  return sources.store.bucket.read(addressOf(bucket));
}

async function claimAndWork(
  sources: BucketSources,
  settings: BucketSettings,
  mayWork: (record: BucketRecord) => boolean,
  { provesAgain = false } = {},
): Promise<boolean> {
  const { store, now } = sources;
  const holder = ownIdentity();
  const atMs = now();
  const address = addressOf(settings);
  const claim = { holder, begunAtMs: atMs, seenAtMs: atMs, upload: null, address };
  const isClaimed = await store.bucket.claim(claim, (record) => !isBusy(record, atMs) && mayWork(record));
  if (!isClaimed) return false;
  let step: "copy" | "proof" = "copy";
  let name = store.backups.read().success?.name ?? "";
  try {
    const bucket = openBucket(settings);
    await endLeftUploads({ store, now, bucket, claim });
    if (settings.ageKey === null) throw new BucketError(MISSING_KEY);
    const work = { ...sources, bucket, key: settings.ageKey, claim };
    await copyNewest(work);
    step = "proof";
    const { copy, proof } = store.bucket.read(address);
    name = copy?.name ?? name;
    if (copy !== null && (provesAgain || copy.name !== proof?.name)) await proveCopy(work, copy);
    await removeOldest(work);
  } catch (error) {
    const { message } = error as Error;
    const failure = { step, name, sentence: message, atMs: now(), isDamaged: error instanceof DamagedError };
    await untilDone(() => store.bucket.release(claim, failure));
    throw error;
  }
  await untilDone(() => store.bucket.release(claim));
  return true;
}

/** What cannot be ended now is tried again with the next backup. */
async function endLeftUploads(work: Pick<Work, "store" | "now" | "bucket" | "claim">): Promise<void> {
  const { store, now, bucket, claim } = work;
  for (const { object, id } of store.bucket.read(claim.address).left) {
    const isEnded = await bucket.endUpload(object, id).then(
      () => true,
      () => false,
    );
    if (isEnded) await store.bucket.uploadEnded(id);
    await sign(work, { seenAtMs: now() });
  }
}

interface Work extends BucketSources {
  bucket: Bucket;
  key: string;
  claim: BucketClaim;
}

/** Another process has taken this one for dead. It works now, and tells how that goes. */
class TakenOverError extends StoreError {
  override name = "TakenOverError";
}

/** Rejects with a TakenOverError. */
async function sign({ store, claim }: Pick<Work, "store" | "claim">, change: Partial<BucketClaim>): Promise<void> {
  if (await store.bucket.sign(claim, change)) return;
  throw new TakenOverError("in_use", "Another process has taken over the work on the bucket: wait until it is done.");
}

async function copyNewest(work: Work): Promise<void> {
  const { store, backups, bucket, key, now, claim } = work;
  const { success } = store.backups.read();
  const { copy, failure } = store.bucket.read(claim.address);
  if (success === null || (success.name === copy?.name && !isDamaged(failure, copy.name))) return;
  const found = await backups.find(success.name);
  if (found === null) return;
  const object = objectOf(success.name);
  const { sizeBytes, pieces } = await encryptFile(found.file, key);
  await bucket.upload({
    name: object,
    sizeBytes,
    pieces: signing(work, pieces),
    begun: (id) => sign(work, { upload: { object, id } }),
  });
  await sign(work, { upload: null });
  const isHeld = backups.kindOf(success.name) === "scheduled";
  await store.bucket.copied({ name: success.name, sizeBytes, atMs: now() }, isHeld);
}

async function proveCopy(work: Work, copy: NonNullable<BucketRecord["copy"]>): Promise<void> {
  const { store, backups, bucket, key, now, prove } = work;
  await removeProofs(backups.folder);
  await refuseFullDisk(work, copy.sizeBytes);
  await mkdir(backups.folder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(backups.folder, PROOF_FOLDER));
  try {
    const file = join(folder, copy.name);
    const pieces = signing(work, bucket.download(objectOf(copy.name)));
    await decryptTo(file, pieces, { key, what: copy.name }).catch((error) => {
      throw isGone(error) ? new DamagedError(`The backup ${copy.name} is not in the bucket any more.`) : error;
    });
    const { trees, messages } = await signingWhile(work, prove(file, folder).catch(asDamage));
    await store.bucket.proven({ name: copy.name, atMs: now(), trees, messages });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Somebody may have deleted it, and then only sending it again brings it back. */
function isGone(error: unknown): boolean {
  return error instanceof BucketError && error.code === "NoSuchKey";
}

/** Only what the restore says of the file is about the copy: the server's own database may be unreadable too. */
function asDamage(error: unknown): never {
  if (error instanceof StoreError && error.kind === "unreadable") throw new DamagedError(error.message);
  throw error;
}

/** Deletes what the proof of a killed process left. Only the holder of the claim calls it. */
async function removeProofs(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names.filter((one) => one.startsWith(PROOF_FOLDER)))
    await rm(join(folder, name), { recursive: true, force: true });
}

/** The backup and the database made of it are on the disk at the same time. */
async function refuseFullDisk({ backups }: Work, sizeBytes: number): Promise<void> {
  const free = await backups.freeBytes();
  const needed = 2 * sizeBytes + SPARE_BYTES;
  if (free === null || free >= needed) return;
  throw new StoreError(
    "full",
    `A test restore needs ${bytes(needed)} of free disk and ${bytes(free)} are free: delete old backups or trees, or make the disk larger.`,
  );
}

/** Called after a proof only, so that there is never a moment with fewer good backups in the bucket. */
async function removeOldest({ store, bucket, backupSettings, report, now, claim }: Work): Promise<void> {
  const { keep } = scheduleOf(store.backups.read().schedule, backupSettings);
  const { held, damaged, copy } = store.bucket.read(claim.address);
  const whole = newestFirst(
    held.filter((name) => !damaged.includes(name)),
    now(),
  );
  // A damaged one is no backup, so it takes nobody's place.
  const old = [...whole.slice(keep), ...damaged].filter((name) => name !== copy?.name);
  try {
    for (const name of old) {
      await bucket.remove(objectOf(name));
      await store.bucket.removed(name);
    }
  } catch (error) {
    report?.("The oldest scheduled backup in the bucket could not be removed.", error);
  }
}

/** Passes the pieces on, and notes a sign of life about once a minute. */
async function* signing(work: Work, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { now } = work;
  let signedAtMs = now();
  for await (const piece of pieces) {
    yield piece;
    const nowMs = now();
    if (nowMs - signedAtMs < SIGN_MS) continue;
    signedAtMs = nowMs;
    await sign(work, { seenAtMs: nowMs });
  }
}

/** Notes a sign of life each minute while work goes on that passes no pieces. */
async function signingWhile<Result>(work: Work, result: Promise<Result>): Promise<Result> {
  const { store, claim, now } = work;
  const timer = setInterval(() => void store.bucket.sign(claim, { seenAtMs: now() }).catch(() => {}), SIGN_MS);
  try {
    return await result;
  } finally {
    clearInterval(timer);
  }
}
