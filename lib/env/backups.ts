/** The settings of scheduled backups. */
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

/** The schedule of backups that the settings give; null: what an admin saved holds. `everyMs` 0: none. */
export interface BackupSettings {
  everyMs: number | null;
  keep: number | null;
}

/** Returns the schedule of the settings. */
export function backupsOf(s: {
  BANYAN_BACKUP_EVERY?: string | undefined;
  BANYAN_BACKUP_KEEP?: number | undefined;
}): BackupSettings {
  return {
    everyMs: s.BANYAN_BACKUP_EVERY === undefined ? null : backupIntervalOf(s.BANYAN_BACKUP_EVERY),
    keep: s.BANYAN_BACKUP_KEEP ?? null,
  };
}
