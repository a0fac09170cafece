/** Commands of an admin for backups of the database. Only the command line restores one, with the server stopped. */

import { type Commands, UserError } from "@/agents/application";
import { type BackupSources, makeBackup } from "@/agents/backups/make";
import { scheduleOf } from "@/agents/backups/schedule";
import type { Security } from "@/agents/configuration/security";
import { scheduleSentence } from "@/core/words/backups";
import { StoreError } from "@/db/file/errors";
import type { StoredSchedule } from "@/db/records/backup-record";
import { BACKUP_INTERVAL_FORM, type BackupSettings, backupIntervalOf, MOST_KEPT_BACKUPS } from "@/lib/env/backups";

interface Sources extends Omit<BackupSources, "anchorFile"> {
  security: Pick<Security, "anchorFile">;
}

type BackupCommands = Pick<Commands, "createBackup" | "openBackup" | "deleteBackup" | "setBackupSchedule">;

export function createBackupCommands(sources: Sources): BackupCommands {
  const { backups } = sources;
  const missing = (name: string) =>
    new UserError("not_found", `There is no backup “${name.slice(0, 100)}”. Choose a backup from the list.`);
  return {
    async createBackup() {
      try {
        const { anchorFile } = sources.security;
        const { name, file, sizeBytes, messages } = await makeBackup({ ...sources, anchorFile });
        const sentence = `Backup ${name} created: ${messages} messages, verified by reading it back.`;
        return { sentence, name, file, size_bytes: sizeBytes };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        throw new UserError(error.kind === "in_use" ? "conflict" : "unavailable", error.message);
      }
    },
    async openBackup(name) {
      const found = await backups.find(name);
      if (!found) throw missing(name);
      return { sentence: `Downloading the backup ${name}.`, file: found.file, size_bytes: found.sizeBytes };
    },
    async deleteBackup(name) {
      if (!(await backups.remove(name))) throw missing(name);
      return { sentence: `Deleted the backup ${name}.` };
    },
    async setBackupSchedule(change) {
      const { store, backupSettings } = sources;
      await store.backups.setSchedule(checked(change, backupSettings));
      const { everyMs, keep } = scheduleOf(store.backups.read().schedule, backupSettings);
      return { sentence: scheduleSentence({ every_seconds: everyMs === null ? null : everyMs / 1_000, keep }) };
    },
  };
}

/** Returns the change as it is stored. Throws UserError. */
function checked(
  { every, keep }: Parameters<Commands["setBackupSchedule"]>[0],
  settings: BackupSettings,
): Partial<StoredSchedule> {
  if (every === undefined && keep === undefined)
    throw new UserError("invalid", 'Nothing to change: give "every", such as 24h or off, or "keep".');
  if (every !== undefined && settings.everyMs !== null) throw fixed("BANYAN_BACKUP_EVERY");
  if (keep !== undefined && settings.keep !== null) throw fixed("BANYAN_BACKUP_KEEP");
  const everyMs = every === undefined ? undefined : intervalIn(every);
  const isNumber = keep === undefined || (Number.isInteger(keep) && keep >= 1 && keep <= MOST_KEPT_BACKUPS);
  if (!isNumber)
    throw new UserError("invalid", `Cannot keep ${keep} backups: use a whole number from 1 to ${MOST_KEPT_BACKUPS}.`);
  return { ...(everyMs !== undefined && { everyMs }), ...(keep !== undefined && { keep }) };
}

function intervalIn(text: string): number {
  const ms = backupIntervalOf(text);
  if (ms !== null) return ms;
  throw new UserError("invalid", `Backups cannot be made every "${text.slice(0, 50)}": use ${BACKUP_INTERVAL_FORM}.`);
}

function fixed(setting: string): UserError {
  return new UserError("conflict", `The setting ${setting} decides this: change the setting, or remove it first.`);
}
