/** Backups of the database. Only the command line restores one, with the server stopped. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { copyNow } from "@/agents/backups/bucket-copy";
import { makeBackup } from "@/agents/backups/make";
import { scheduleOf } from "@/agents/backups/schedule";
import { operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { changeOf, isWholeFrom, numberWithin, text, whole } from "@/agents/operations/parse";
import { scheduleSentence } from "@/core/words/backups";
import { plural } from "@/core/words/figures";
import { StoreError } from "@/db/file/errors";
import type { StoredSchedule } from "@/db/records/backup-record";
import { BucketError } from "@/lib/bucket/faults";
import { BACKUP_INTERVAL_FORM, type BackupSettings, backupIntervalOf, MOST_KEPT_BACKUPS } from "@/lib/env/backups";

const scheduleChange = changeOf({
  every: text
    .refine(
      (given) => backupIntervalOf(given) !== null,
      whole((given: string) => `Backups cannot be made every "${given.slice(0, 50)}": use ${BACKUP_INTERVAL_FORM}.`),
    )
    .optional()
    .describe("Time between two backups, such as `6h` or `1d`; `off`: no scheduled backups."),
  keep: numberWithin(isWholeFrom(1, MOST_KEPT_BACKUPS), (keep) =>
    Number.isNaN(keep)
      ? `Backups to keep is not a number: use a whole number from 1 to ${MOST_KEPT_BACKUPS}.`
      : `Cannot keep ${keep} backups: use a whole number from 1 to ${MOST_KEPT_BACKUPS}.`,
  )
    .optional()
    .describe("How many scheduled backups stay."),
});

export const backupOperations = {
  createBackup: operation({
    right: "administer",
    summary: "Backs up the database while it is in use, and reads the backup back.",
    http: "POST backups",
    audit: [],
    result: said.extend({
      name: z.string().describe("Name of the backup."),
      file: z.string().describe("Its path on the server."),
      size_bytes: z.number().describe("Size in bytes."),
    }),
    made: ({ name }) => ({ subject: name, tree: "" }),
    async run(_, _actor, world) {
      try {
        const { anchorFile } = world.security;
        const { name, file, sizeBytes, messages } = await makeBackup({ ...world, anchorFile });
        const sentence = `Backup ${name} created: ${messages} messages, verified by reading it back.`;
        return { sentence, name, file, size_bytes: sizeBytes };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        throw new UserError(error.kind === "in_use" ? "conflict" : "unavailable", error.message);
      }
    },
  }),
  copyBackup: operation({
    right: "administer",
    summary: "Copies the newest backup to the bucket, and proves the copy: fetches it, decrypts it and restores it.",
    http: "POST backups/copy",
    audit: [],
    result: said.extend({
      name: z.string().describe("Name of the copied backup."),
      size_bytes: z.number().describe("Size of the copy in bytes."),
      trees: z.number().describe("Number of trees in it."),
      messages: z.number().describe("Number of messages in it."),
    }),
    made: ({ name }) => ({ subject: name, tree: "" }),
    async run(_, _actor, world) {
      const { copy, proof } = await copied(world);
      if (copy === null || proof === null)
        throw new UserError("conflict", "There is no backup yet: make one, then copy it to the bucket.");
      const { name, trees, messages } = proof;
      const sentence = `The backup ${name} is in the bucket, and a test restore of it held ${plural(trees, "tree")} and ${plural(messages, "message")}.`;
      return { sentence, name, size_bytes: copy.sizeBytes, trees, messages };
    },
  }),
  openBackup: operation({
    right: "administer",
    summary: "Opens a backup for download; `file` is its path on the server.",
    on: "name",
    audit: [],
    result: said.extend({ file: z.string(), size_bytes: z.number() }),
    async run({ id }, _actor, { backups }) {
      const found = await backups.find(id);
      if (!found) throw missing(id);
      return { sentence: `Downloading the backup ${id}.`, file: found.file, size_bytes: found.sizeBytes };
    },
  }),
  deleteBackup: operation({
    right: "administer",
    summary: "Deletes a backup.",
    on: "name",
    http: "DELETE backups/:id",
    audit: [],
    result: said,
    async run({ id }, _actor, { backups }) {
      if (!(await backups.remove(id))) throw missing(id);
      return { sentence: `Deleted the backup ${id}.` };
    },
  }),
  setBackupSchedule: operation({
    right: "administer",
    summary: "Sets how often backups are made, and how many scheduled ones stay.",
    http: "POST backups/schedule",
    input: scheduleChange,
    audit: ["every", "keep"],
    result: said,
    async run(change, _actor, { store, backupSettings }) {
      await store.backups.setSchedule(checked(change, backupSettings));
      const { everyMs, keep } = scheduleOf(store.backups.read().schedule, backupSettings);
      return { sentence: scheduleSentence({ every_seconds: everyMs === null ? null : everyMs / 1_000, keep }) };
    },
  }),
};

async function copied(world: Parameters<typeof copyNow>[0]): ReturnType<typeof copyNow> {
  try {
    return await copyNow(world);
  } catch (error) {
    if (error instanceof BucketError) throw new UserError("unavailable", error.message);
    if (!(error instanceof StoreError)) throw error;
    throw new UserError(error.kind === "in_use" ? "conflict" : "unavailable", error.message);
  }
}

function missing(name: string): UserError {
  return new UserError("not_found", `There is no backup “${name.slice(0, 100)}”. Choose a backup from the list.`);
}

/** Returns the change as it is stored. Throws UserError. */
function checked({ every, keep }: z.infer<typeof scheduleChange>, settings: BackupSettings): Partial<StoredSchedule> {
  if (every !== undefined && settings.everyMs !== null) throw fixed("BANYAN_BACKUP_EVERY");
  if (keep !== undefined && settings.keep !== null) throw fixed("BANYAN_BACKUP_KEEP");
  const everyMs = every === undefined ? undefined : (backupIntervalOf(every) ?? undefined);
  return { ...(everyMs !== undefined && { everyMs }), ...(keep !== undefined && { keep }) };
}

function fixed(setting: string): UserError {
  return new UserError("conflict", `The setting ${setting} decides this: change the setting, or remove it first.`);
}
