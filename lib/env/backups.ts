/** The settings of scheduled backups, and of the bucket that holds copies of them. */
import { z } from "zod";
import { isInnerHost } from "@/lib/net/address";
import { intervalOf } from "@/lib/time/interval";

/** A backup of a large database takes minutes, and each one is kept for years at most. */
const LEAST_BACKUP_MS = 600_000;
const MOST_BACKUP_MS = 365 * 86_400_000;
export const MOST_KEPT_BACKUPS = 1_000;
export const BACKUP_INTERVAL_FORM = "off, or an interval from 10m to 365d, as minutes (30m), hours (24h) or days (7d)";

/** Returns the interval in milliseconds, 0 for `off`; null when it is neither. */
export function backupIntervalOf(text: string): number | null {
  if (text === "off") return 0;
  const ms = intervalOf(text);
  return ms !== null && ms >= LEAST_BACKUP_MS && ms <= MOST_BACKUP_MS ? ms : null;
}

const BUCKET_FORM =
  "an address such as https://s3.eu-central-1.amazonaws.com/BUCKET/FOLDER; http:// only for this machine or a private network";
const KEY_FORM = "a key that `npx banyan backup --new-key` printed; it begins with AGE-SECRET-KEY-";

export const BACKUP_SETTINGS = {
  BANYAN_BACKUP_EVERY: z
    .string()
    .refine((text) => backupIntervalOf(text) !== null, BACKUP_INTERVAL_FORM)
    .optional(),
  BANYAN_BACKUP_KEEP: z.coerce
    .number(`a whole number from 1 to ${MOST_KEPT_BACKUPS}`)
    .int(`a whole number from 1 to ${MOST_KEPT_BACKUPS}`)
    .min(1, "at least 1")
    .max(MOST_KEPT_BACKUPS, `at most ${MOST_KEPT_BACKUPS}`)
    .optional(),
  BANYAN_BACKUP_S3_URL: z
    .string()
    .refine((text) => placeIn(text) !== null, BUCKET_FORM)
    .optional(),
  BANYAN_BACKUP_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "the name of a region, such as eu-central-1")
    .optional(),
  BANYAN_BACKUP_S3_KEY_ID: z.string().optional(),
  BANYAN_BACKUP_S3_SECRET: z.string().optional(),
  BANYAN_BACKUP_KEY: z
    .string()
    .regex(/^AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}$/, KEY_FORM)
    .optional(),
};

/** A bucket of a storage that speaks the S3 protocol, and the key that encrypts what is put there. */
export interface BucketSettings {
  /** The address of the bucket, without a trailing slash. */
  url: string;
  bucket: string;
  /** What the names of its objects begin with: empty, or a folder with a trailing slash. */
  prefix: string;
  region: string;
  keyId: string;
  secret: string;
  /** The age identity that opens the backups; null: not set, so nothing is put there. */
  ageKey: string | null;
}

/** Returns where backups go, for people: host, bucket and folder. */
export function addressOf({ url, prefix }: Pick<BucketSettings, "url" | "prefix">): string {
  return `${url.replace(/^https?:\/\//, "")}/${prefix}`;
}

/** The schedule of backups that the settings give; null: what an admin saved holds. `everyMs` 0: none. */
export interface BackupSettings {
  everyMs: number | null;
  keep: number | null;
  /** Absent or null: backups stay on this machine. */
  bucket?: BucketSettings | null;
}

type Given = { [Name in keyof typeof BACKUP_SETTINGS]?: z.output<(typeof BACKUP_SETTINGS)[Name]> };

/** Returns what the settings say about backups. `refuse` is called for a bucket without its access key. */
export function backupsOf(given: Given, refuse: (sentence: string) => never): BackupSettings {
  return {
    everyMs: given.BANYAN_BACKUP_EVERY === undefined ? null : backupIntervalOf(given.BANYAN_BACKUP_EVERY),
    keep: given.BANYAN_BACKUP_KEEP ?? null,
    bucket: bucketOf(given, refuse),
  };
}

function bucketOf(given: Given, refuse: (sentence: string) => never): BucketSettings | null {
  const place = placeIn(given.BANYAN_BACKUP_S3_URL ?? "");
  if (place === null) return null;
  const { BANYAN_BACKUP_S3_KEY_ID: keyId, BANYAN_BACKUP_S3_SECRET: secret, BANYAN_BACKUP_S3_REGION: region } = given;
  if (!keyId || !secret)
    refuse(
      "The setting BANYAN_BACKUP_S3_URL needs BANYAN_BACKUP_S3_KEY_ID and BANYAN_BACKUP_S3_SECRET: set both to an access key of the storage.",
    );
  return {
    ...place,
    region: region ?? regionOfHost(new URL(place.url).hostname),
    keyId,
    secret,
    ageKey: given.BANYAN_BACKUP_KEY ?? null,
  };
}

/** Returns the parts of a bucket's address; null when it is none. Only encrypted connections leave a private network. */
function placeIn(text: string): Pick<BucketSettings, "url" | "bucket" | "prefix"> | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  if (url.username || url.password || url.search || url.hash) return null;
  if (url.protocol === "http:" && !isInnerHost(url.hostname)) return null;
  const [bucket = "", ...folders] = url.pathname.split("/").filter((part) => part !== "");
  if (!/^[a-z0-9][a-z0-9._-]{1,62}$/i.test(bucket) || !folders.every((folder) => /^[\w.=-]{1,100}$/.test(folder)))
    return null;
  return { url: `${url.origin}/${bucket}`, bucket, prefix: folders.map((folder) => `${folder}/`).join("") };
}

/** Amazon's addresses name their region; most other storages take this one. */
function regionOfHost(host: string): string {
  return /^s3[.-]([a-z0-9-]+)\.amazonaws\.com$/.exec(host)?.[1] ?? "us-east-1";
}
