/** Makes one backup: claims it, copies and verifies the database, records the result, then removes the oldest. */
import { StoreError } from "@/db/file/errors";
import type { BackupKind, LiveBackups, MadeBackup } from "@/db/file/live-backup";
import type { BackupRecord } from "@/db/records/backup-record";
import type { Store } from "@/db/store";
import { keepAnchor } from "@/lib/audit-anchor";
import type { BackupSettings } from "@/lib/env/backups";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import { untilDone } from "@/lib/time/until-done";
import { nextDueMs, scheduleOf } from "./schedule";

export interface BackupSources {
  store: Pick<Store, "audit" | "backups">;
  backups: LiveBackups;
  backupSettings: BackupSettings;
  /** The copy of the audit's newest hash, outside the database. */
  anchorFile: string;
  now(): number;
  report?(message: string, error?: unknown): void;
}

/** A process in another container cannot be seen. Its claim ends after this time, longer than any backup takes. */
const LONGEST_UNSEEN_MS = 2 * 3_600_000;

/** Makes a backup that a person asked for. Rejects with a StoreError, `in_use` while any process makes one. */
export async function makeBackup(sources: BackupSources): Promise<MadeBackup> {
  const made = await claimAndMake(sources, "backup", () => true);
  if (made) return made;
  const { claim } = sources.store.backups.read();
  const which = claim ? `The backup ${claim.name}` : "The backup";
  throw new StoreError("in_use", `${which} is still in progress: wait until it is done.`);
}

/** Makes the scheduled backup if it is due. Resolves with null when it is not, or another process makes it. */
export async function makeDueBackup(sources: BackupSources): Promise<MadeBackup | null> {
  // Refused again; the failure is known already.
  await sources.store.backups.settle().catch(() => {});
  await recordLeft(sources);
  const isDue = (record: BackupRecord) => {
    const nowMs = sources.now();
    const dueMs = nextDueMs(scheduleOf(record.schedule, sources.backupSettings), record, nowMs);
    return dueMs !== null && dueMs <= nowMs;
  };
  // Asked before the transaction, because it is false nearly always.
  if (!isDue(sources.store.backups.read())) return null;
  return claimAndMake(sources, "scheduled", isDue);
}

/** Records the backup of a process that was killed between the file and its record. Only a verified file has its name. */
async function recordLeft({ store, backups, now }: BackupSources): Promise<void> {
  const record = store.backups.read();
  const { claim } = record;
  if (claim === null || isBusy(record, ownIdentity(), now())) return;
  const found = await backups.find(claim.name);
  if (!found) return;
  const { name, begunAtMs } = claim;
  await store.backups.adopt({ name, sizeBytes: found.sizeBytes, begunAtMs, atMs: now() });
}

async function claimAndMake(
  sources: BackupSources,
  kind: BackupKind,
  mayMake: (record: BackupRecord) => boolean,
): Promise<MadeBackup | null> {
  const { store, backups, now } = sources;
  const begunAtMs = now();
  const holder = ownIdentity();
  const name = backups.nameAt(begunAtMs, kind);
  const isClaimed = await store.backups.claim(
    { name, begunAtMs, holder },
    (record) => !isBusy(record, holder, begunAtMs) && mayMake(record),
  );
  if (!isClaimed) return null;
  try {
    keepAnchorOf(sources);
    const made = await backups.make(name);
    await store.backups.succeeded({ name, sizeBytes: made.sizeBytes, begunAtMs, atMs: now() });
    await removeOldest(sources, name);
    return made;
  } catch (error) {
    const { message } = error as Error;
    store.backups.failed({ sentence: message, atMs: now() }).catch((fault: unknown) => {
      sources.report?.("The failure of a backup could not be recorded.", fault);
      // The process that serves pages has no watch that would write it later.
      void untilDone(store.backups.settle);
    });
    throw error;
  }
}

/** Returns whether a living process makes a backup now. */
function isBusy({ claim }: BackupRecord, own: ReturnType<typeof ownIdentity>, nowMs: number): boolean {
  if (claim === null) return false;
  const liveness = livenessOf(claim.holder, own);
  return liveness === "alive" || (liveness === "unknown" && nowMs - claim.begunAtMs < LONGEST_UNSEEN_MS);
}

/** Saves the audit's newest hash: a restored copy's audit is compared with it, so it must cover the copy. */
function keepAnchorOf({ store, anchorFile, now }: BackupSources): void {
  try {
    keepAnchor(anchorFile, store.audit.head(), now());
  } catch {
    // The server reports a broken anchor at its own interval; the backup is made anyway.
  }
}

/** Called after a verified backup only, so that there is never a moment with fewer good ones. */
async function removeOldest({ store, backups, backupSettings, report }: BackupSources, made: string): Promise<void> {
  const { keep } = scheduleOf(store.backups.read().schedule, backupSettings);
  await backups
    .keepNewest(keep, made)
    .catch((error: unknown) => report?.("The oldest scheduled backup could not be removed.", error));
}
