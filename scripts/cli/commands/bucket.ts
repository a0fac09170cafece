/** What `backup` and `restore` do with the bucket: make its key, list it, and fetch a backup from it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { objectOf } from "@/agents/backups/bucket-copy";
import { scheduleSentence } from "@/core/words/backups";
import { bytes, duration, plural } from "@/core/words/figures";
import { newestFirst, timeIn } from "@/db/file/live-backup";
import { openBucket } from "@/lib/bucket/bucket";
import { decryptTo, newKey } from "@/lib/bucket/encryption";
import { BucketError } from "@/lib/bucket/faults";
import { addressOf, type BucketSettings } from "@/lib/env/backups";
import { isAlive } from "@/lib/process/identity";
import { type Context, withReadRuntime } from "@/scripts/cli/context/context";
import { readSecret } from "@/scripts/cli/context/secret-text";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";

const NEWEST = "newest";
/** Folders of fetched backups, each with the id of its process. */
const FETCHED = "fetched-";
/** What has to stay free beside a fetched backup. */
const SPARE_BYTES = 50_000_000;
const KEY_LINE = /^AGE-SECRET-KEY-1\S+$/m;

/** Prints a new key alone on standard output, so that it can be piped into the place where it is kept. */
export async function printNewKey(context: Context): Promise<number> {
  const key = await newKey();
  if (context.json) printJson({ key });
  else print(key);
  warn(
    "Set BANYAN_BACKUP_KEY to this key, and keep a copy of it away from this machine: without it nobody can open the backups in the bucket, and Banyan does not store it.",
  );
  return 0;
}

/**
 * Prints the backups in the folder, then those in the bucket, and when one of these was last proven. A bucket that does not
 * answer keeps nobody from those in the folder: its problem comes last, and the status is 2.
 */
export async function listBackups(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listBackups();
    const { folder, items, bucket, schedule } = found;
    const { bucket: settings } = context.settings.backups;
    const { stored, problem } = await storedIn(settings);
    const status = problem === null ? 0 : 2;
    if (context.json) {
      printJson({ ...found, bucket: bucket && { ...bucket, items: stored, problem } });
      return status;
    }
    print(`${scheduleSentence(schedule)} In ${folder}: ${plural(items.length, "backup")}.`);
    for (const { name, size_bytes, created_at } of items) print(`  ${name}  ${bytes(size_bytes)}  ${created_at}`);
    if (bucket === null) return 0;
    if (stored) print(`In the bucket ${bucket.address}: ${plural(stored.length, "backup")}.`);
    for (const { name, size_bytes, created_at } of stored ?? [])
      print(`  ${name}  ${bytes(size_bytes)}  ${created_at}`);
    const { proof, failure } = bucket;
    if (proof) print(`Last proven by a test restore: ${proof.name}, ${since(proof.at)}.`);
    else print("None of them was proven by a test restore yet.");
    if (failure) print(`Failed ${since(failure.at)}: ${failure.sentence}`);
    if (problem !== null) warn(problem);
    return status;
  });
}

function since(at: string): string {
  return `${duration(Date.now() - Date.parse(at))} ago`;
}

/** `stored` is null when the bucket does not tell it. */
async function storedIn(settings: BucketSettings | null | undefined) {
  try {
    return { stored: settings ? await copiesIn(settings) : [], problem: null };
  } catch (error) {
    if (!(error instanceof BucketError)) throw error;
    return { stored: null, problem: error.message };
  }
}

async function copiesIn(settings: BucketSettings) {
  const ending = objectOf("");
  const objects = await openBucket(settings).list();
  return objects
    .filter(({ name }) => name.endsWith(ending))
    .map(({ name, sizeBytes, writtenAtMs }) => {
      const created_at = new Date(writtenAtMs).toISOString();
      return { name: name.slice(0, -ending.length), size_bytes: sizeBytes, created_at };
    });
}

/**
 * Fetches a backup by its name, or the newest one, and decrypts it into a folder of its own; `use` gets the file, which is
 * then removed. Rejects with a UsageError or BucketError.
 */
export async function withFetched<T>(
  context: Context,
  { name, keyFile }: { name: string; keyFile: string | undefined },
  use: (file: string) => Promise<T>,
): Promise<T> {
  const { dataDir, backups } = context.settings;
  const { bucket: settings } = backups;
  if (!settings)
    throw new UsageError(
      "No bucket is set: set BANYAN_BACKUP_S3_URL, BANYAN_BACKUP_S3_KEY_ID and BANYAN_BACKUP_S3_SECRET, then try again.",
    );
  // A key of the bucket may be allowed to read a backup, and not to list them.
  const copies = await copiesIn(settings).catch((error) => {
    if (name === NEWEST) throw error;
    return [];
  });
  const wanted = name === NEWEST ? newestOf(copies) : name;
  if (wanted === undefined) throw new UsageError(`There is no backup in the bucket ${addressOf(settings)}.`);
  const key = await keyOf(context, settings, keyFile);
  const folder = join(dataDir, "backups");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeOrphans(folder);
  mustFit(folder, copies.find(({ name: each }) => each === wanted)?.size_bytes ?? 0, wanted);
  const own = mkdtempSync(join(folder, `${FETCHED}${process.pid}-`));
  try {
    const file = join(own, "backup.db");
    await decryptTo(file, openBucket(settings).download(objectOf(wanted)), { key, what: wanted });
    return await use(file);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** The storage's own times say when a backup was sent, which may be again. */
function newestOf(copies: readonly { name: string }[]): string | undefined {
  const backups = copies.map(({ name }) => name).filter((name) => timeIn(name) !== null);
  return newestFirst(backups, Date.now())[0];
}

/** A process that was killed could not remove its decrypted backup. */
function removeOrphans(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(FETCHED) ? Number.parseInt(name.slice(FETCHED.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function mustFit(folder: string, sizeBytes: number, name: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= sizeBytes + SPARE_BYTES) return;
  throw new UsageError(
    `The backup ${name} takes ${bytes(sizeBytes)}, and ${folder} has ${bytes(free)} free: free some space, or name another data folder with --data.`,
  );
}

/** A key file goes first, because an older backup may need an older key. */
async function keyOf({ cwd }: Context, { ageKey }: BucketSettings, keyFile: string | undefined): Promise<string> {
  if (keyFile === undefined && ageKey !== null) return ageKey;
  const text = keyFile === undefined ? await readSecret("the key of the backups") : readKeyFile(resolve(cwd, keyFile));
  const key = KEY_LINE.exec(text)?.[0];
  if (key) return key;
  throw new UsageError(
    "That is not a key of backups: it begins with AGE-SECRET-KEY-1. Set BANYAN_BACKUP_KEY, or name its file with --key-file.",
  );
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The key file ${file} cannot be read (${(error as Error).message}): name another one.`);
  }
}
