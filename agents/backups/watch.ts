import { StoreError } from "@/db/file/errors";
import { BucketError } from "@/lib/bucket/faults";
import { checkFromNowOn } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type BucketSources, workOnBucket } from "./bucket-copy";
import { type BackupSources, makeDueBackup } from "./make";

const POLL_MS = 30_000;
/** A backup leaves the machine soon after it was made. */
const BUCKET_POLL_MS = 5_000;

/**
 * Makes scheduled backups when they are due, now and from now on. Returns a function that ends this. The process may
 * exit while a backup is in progress: the next process starts again and removes the partial file.
 */
export function startBackupWatch(
  sources: BackupSources & { report(message: string, error?: unknown): void },
  timers: Timers,
): () => void {
  return checkFromNowOn({
    timers,
    everyMs: POLL_MS,
    check: () => makeDueBackup(sources),
    failed(error) {
      // The sentence suffices; the stack of a full disk helps nobody.
      if (error instanceof StoreError) sources.report(`The scheduled backup failed. ${error.message}`);
      else sources.report("The scheduled backup failed.", error);
    },
  });
}

/**
 * Copies new backups to the bucket and proves them, now and from now on, beside the backups themselves: an upload may take
 * hours. Returns a function that ends this.
 */
export function startBucketWatch(
  sources: BucketSources & { report(message: string, error?: unknown): void },
  timers: Timers,
): () => void {
  return checkFromNowOn({
    timers,
    everyMs: BUCKET_POLL_MS,
    check: () => workOnBucket(sources),
    failed(error) {
      const isKnown = error instanceof StoreError || error instanceof BucketError;
      if (isKnown) sources.report(`The work on the bucket of backups failed. ${error.message}`);
      else sources.report("The work on the bucket of backups failed.", error);
    },
  });
}
