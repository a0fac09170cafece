/** Commands of an admin for backups of the database. Only the command line restores one, with the server stopped. */

import { type Commands, UserError } from "@/agents/application";
import type { Security } from "@/agents/configuration/security";
import { StoreError } from "@/db/file/errors";
import type { LiveBackups } from "@/db/file/live-backup";
import type { Store } from "@/db/store";
import { keepAnchor } from "@/lib/audit-anchor";

interface Sources {
  store: Pick<Store, "audit">;
  security: Pick<Security, "anchorFile">;
  backups: LiveBackups;
  now(): number;
}

type BackupCommands = Pick<Commands, "createBackup" | "openBackup" | "deleteBackup">;

export function createBackupCommands({ store, security, backups, now }: Sources): BackupCommands {
  const missing = (name: string) =>
    new UserError("not_found", `There is no backup “${name.slice(0, 100)}”. Choose a backup from the list.`);
  return {
    async createBackup() {
      // A restored copy's audit is compared with the anchor outside the database, so the anchor must cover it.
      try {
        keepAnchor(security.anchorFile, store.audit.head(), now());
      } catch {
        // The server reports a broken anchor at its own interval; the backup is made anyway.
      }
      try {
        const { name, sizeBytes, messages } = await backups.make();
        const sentence = `Backup ${name} created: ${messages} messages, verified by reading it back.`;
        return { sentence, name, size_bytes: sizeBytes };
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
  };
}
