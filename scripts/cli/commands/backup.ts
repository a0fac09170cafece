/** `backup`: copies the database, or sets how often the server copies it. */
import { resolve } from "node:path";
import { bytes } from "@/core/words/figures";
import { backupDatabase } from "@/db/file/backup";
import { MOST_KEPT_BACKUPS } from "@/lib/env/backups";
import { type Context, type Flags, keepAnchorOf, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { act } from "./act";

export async function backup(context: Context, [file]: (string | undefined)[], flags: Flags): Promise<number> {
  const every = textFlag(flags, "every");
  const keep = numberFlag(flags, "keep", { whole: true, least: 1, most: MOST_KEPT_BACKUPS });
  if (every === undefined && keep === undefined) return file === undefined ? intoFolder(context) : into(context, file);
  if (file !== undefined)
    throw new UsageError("FILE makes a backup now, --every and --keep set the schedule: give one or the other.");
  return act(context, ({ application }) => application.commands.setBackupSchedule({ every, keep }));
}

/** A server may make a backup at the same time, so this runs the same operation as the button on the page. */
async function intoFolder(context: Context): Promise<number> {
  return withActing(context, async ({ application }) => {
    const { file, size_bytes } = await application.commands.createBackup();
    return say(context, file, size_bytes);
  });
}

async function into(context: Context, file: string): Promise<number> {
  return withReadRuntime(context, async ({ store, security }) => {
    keepAnchorOf(store, security);
    const report = backupDatabase(store.client.sqlite, resolve(context.cwd, file));
    return say(context, report.file, report.sizeBytes);
  });
}

function say(context: Context, file: string, sizeBytes: number): number {
  if (context.json) printJson({ file, size_bytes: sizeBytes });
  else print(`Saved the backup as ${file} (${bytes(sizeBytes)}) and checked it by reading it back.`);
  return 0;
}
