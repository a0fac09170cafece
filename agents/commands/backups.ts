/** What an admin does with copies of the database. Putting one back is done with the server stopped, on the command line. */

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
    new UserError("not_found", `There is no backup “${name.slice(0, 100)}”: name one of the list.`);
  return {
    async createBackup() {
      // The audit of the copy is compared with what is kept outside: what is in it has to be there.
      try {
        keepAnchor(security.anchorFile, store.audit.head(), now());
      } catch {
        // The server says so at its own interval; a copy is wanted all the same.
      }
      try {
        const { name, sizeBytes, messages } = await backups.make();
        const sentence = `The backup ${name} is made: ${messages} messages, read back as a test.`;
        return { sentence, name, size_bytes: sizeBytes };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        throw new UserError(error.kind === "in_use" ? "conflict" : "unavailable", error.message);
      }
    },
    async openBackup(name) {
      const found = await backups.find(name);
      if (!found) throw missing(name);
      return { sentence: `The backup ${name} is downloaded.`, file: found.file, size_bytes: found.sizeBytes };
    },
    async deleteBackup(name) {
      if (!(await backups.remove(name))) throw missing(name);
      return { sentence: `The backup ${name} is deleted.` };
    },
  };
}
