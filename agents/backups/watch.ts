import { StoreError } from "@/db/file/errors";
import type { Timers } from "@/lib/time/timers";
import { type BackupSources, makeDueBackup } from "./make";

const LOOK_MS = 30_000;

/**
 * Makes scheduled backups when they are due, now and from now on. Returns a function that ends this. The process may
 * exit while a backup is in progress: the next one begins anew and removes the part.
 */
export function startBackupWatch(
  sources: BackupSources & { report(message: string, error?: unknown): void },
  timers: Timers,
): () => void {
  let isMaking = false;
  let isEnded = false;
  const look = () => {
    if (isMaking) return;
    isMaking = true;
    makeDueBackup(sources)
      .catch((error: unknown) => {
        if (isEnded) return;
        // The sentence says it all; the stack of a full disk helps nobody.
        if (error instanceof StoreError) sources.report(`The scheduled backup failed. ${error.message}`);
        else sources.report("The scheduled backup failed.", error);
      })
      .finally(() => {
        isMaking = false;
      });
  };
  const end = timers.every(LOOK_MS, look);
  look();
  return () => {
    isEnded = true;
    end();
  };
}
