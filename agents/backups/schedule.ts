/** When the next backup is due, and what is wrong with the backups. Pure. */
import type { MachineAlert } from "@/core/shapes/health";
import { duration } from "@/core/words/figures";
import type { BackupRecord, StoredSchedule } from "@/db/records/backup-record";
import type { BackupSettings } from "@/lib/env/backups";

export interface Schedule {
  /** null: no scheduled backups. */
  everyMs: number | null;
  /** How many scheduled backups stay. */
  keep: number;
}

const DEFAULT_KEEP = 7;
/** After a failure, also of a person's backup, the next try is made after the interval, but after an hour at the latest. */
const RETRY_MS = 3_600_000;
/** A clock that was set back a little does not start another backup. */
const CLOCK_MS = 60_000;
const LATE_MS = 3_600_000;

/** Returns the schedule in effect: a setting comes before what an admin saved. */
export function scheduleOf(stored: StoredSchedule, settings: BackupSettings): Schedule {
  const everyMs = settings.everyMs ?? stored.everyMs ?? 0;
  return { everyMs: everyMs === 0 ? null : everyMs, keep: settings.keep ?? stored.keep ?? DEFAULT_KEEP };
}

/** Returns when the next scheduled backup is due; null without a schedule. However many times were missed, one is due. */
export function nextDueMs(
  { everyMs }: Schedule,
  { success, failure }: Pick<BackupRecord, "success" | "failure">,
  nowMs: number,
): number | null {
  if (everyMs === null) return null;
  const atMs = failure?.atMs ?? success?.begunAtMs ?? null;
  const waitMs = failure ? Math.min(everyMs, RETRY_MS) : everyMs;
  // A time in the future: the clock was ahead then.
  return atMs === null || atMs > nowMs + CLOCK_MS ? nowMs : atMs + waitMs;
}

/** Returns an alert when scheduled backups fail or are late, or null. */
export function backupAlert(schedule: Schedule, record: BackupRecord, nowMs: number): MachineAlert | null {
  const dueMs = nextDueMs(schedule, record, nowMs);
  if (dueMs === null) return null;
  const { success, failure, claim } = record;
  const newest = success
    ? `the newest backup is ${duration(nowMs - success.atMs)} old`
    : "there is no backup of this database yet";
  if (failure) {
    const sentence = `The last backup failed; ${newest}.`;
    return {
      what: "backup",
      percent: null,
      sentence,
      remedy: `${failure.sentence} The server tries again within an hour.`,
    };
  }
  const isBeingMade = claim !== null && nowMs - claim.begunAtMs < LATE_MS;
  if (success === null || isBeingMade || nowMs < dueMs + LATE_MS) return null;
  const remedy = "A server or worker makes backups while it runs: start it, or run `npx banyan backup`.";
  return { what: "backup", percent: null, sentence: `The scheduled backup is late; ${newest}.`, remedy };
}
