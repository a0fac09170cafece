/** What people see of the backups: the files, the last result, the one in progress, and the schedule. */
import { isBusy } from "@/agents/backups/bucket-schedule";
import { nextDueMs, scheduleOf } from "@/agents/backups/schedule";
import type { Backups } from "@/core/shapes/operations";
import type { ServerFigures } from "@/core/shapes/status";
import { bytes } from "@/core/words/figures";
import { iso } from "@/db/file/iso";
import type { LiveBackups } from "@/db/file/live-backup";
import type { BackupRecord } from "@/db/records/backup-record";
import type { Store } from "@/db/store";
import { addressOf, type BackupSettings } from "@/lib/env/backups";
import { livenessOf, ownIdentity } from "@/lib/process/identity";

interface RecordSources {
  store: Pick<Store, "backups" | "bucket">;
  backupSettings: BackupSettings;
  now(): number;
}

interface BackupSources extends RecordSources {
  store: Pick<Store, "backups" | "bucket" | "queries">;
  backups: LiveBackups;
}

export async function listBackups(sources: BackupSources): Promise<Backups> {
  const { store, backups } = sources;
  const record = store.backups.read();
  const [items, running, freeBytes] = await Promise.all([
    backups.list(),
    runningNow(backups, record),
    backups.freeBytes(),
  ]);
  return {
    folder: backups.folder,
    items: items.map(({ name, sizeBytes, madeAtMs, kind }) => {
      return { name, size_bytes: sizeBytes, created_at: iso(madeAtMs), kind };
    }),
    database_bytes: store.queries.status.sizeBytes(),
    free_bytes: freeBytes,
    running,
    last: lastOf(record),
    last_success: record.success && iso(record.success.atMs),
    schedule: shownSchedule(sources, record),
    bucket: shownBucket(sources),
  };
}

async function runningNow(backups: LiveBackups, { claim }: BackupRecord): Promise<Backups["running"]> {
  const own = backups.running();
  if (own) {
    const { name, sinceMs, step } = own;
    return { name, since: iso(sinceMs), written_bytes: (await backups.writtenBytes(name)) ?? 0, step };
  }
  if (claim === null) return null;
  const identity = ownIdentity();
  // This process's claim, written just before or after the backup itself, is not shown: it would flicker.
  if (claim.holder.pid === identity.pid || livenessOf(claim.holder, identity) !== "alive") return null;
  const { name, begunAtMs } = claim;
  const written_bytes = await backups.writtenBytes(name);
  // It has failed, and a full disk takes not even the row that says so.
  return written_bytes === null ? null : { name, since: iso(begunAtMs), written_bytes, step: "copying" };
}

function lastOf({ success, failure }: BackupRecord): Backups["last"] {
  if (failure) return { ok: false, sentence: failure.sentence, at: iso(failure.atMs) };
  if (!success) return null;
  const sentence = `Made the backup ${success.name} (${bytes(success.sizeBytes)}) and checked it by reading it back.`;
  return { ok: true, sentence, at: iso(success.atMs) };
}

function shownSchedule({ backupSettings, now }: RecordSources, record: BackupRecord): Backups["schedule"] {
  const schedule = scheduleOf(record.schedule, backupSettings);
  const dueMs = nextDueMs(schedule, record, now());
  return {
    every_seconds: schedule.everyMs === null ? null : schedule.everyMs / 1_000,
    keep: schedule.keep,
    next_at: iso(dueMs),
    every_setting: backupSettings.everyMs === null ? null : "BANYAN_BACKUP_EVERY",
    keep_setting: backupSettings.keep === null ? null : "BANYAN_BACKUP_KEEP",
  };
}

function shownBucket({ store, backupSettings: { bucket }, now }: RecordSources): Backups["bucket"] {
  if (!bucket) return null;
  const address = addressOf(bucket);
  const record = store.bucket.read(address);
  const { copy, proof, failure } = record;
  return {
    address,
    copy: copy && { name: copy.name, size_bytes: copy.sizeBytes, at: iso(copy.atMs) },
    proof: proof && { name: proof.name, at: iso(proof.atMs), trees: proof.trees, messages: proof.messages },
    failure: failure && { sentence: failure.sentence, at: iso(failure.atMs) },
    is_busy: isBusy(record, now()),
  };
}

/** Returns the figures for monitoring programs. */
export function backupFigures(sources: RecordSources): ServerFigures["backup"] {
  const record = sources.store.backups.read();
  const bucket = shownBucket(sources);
  return {
    last_success: record.success && iso(record.success.atMs),
    has_failed: record.failure !== null,
    interval_seconds: shownSchedule(sources, record).every_seconds,
    bucket: bucket && {
      last_copy: bucket.copy?.at ?? null,
      last_proof: bucket.proof?.at ?? null,
      has_failed: bucket.failure !== null,
    },
  };
}
