/** `backup`: copies the database, also to the bucket, or sets how often the server does. */
import { resolve } from "node:path";
import { bytes } from "@/core/words/figures";
import { backupDatabase } from "@/db/file/backup";
import { MOST_KEPT_BACKUPS } from "@/lib/env/backups";
import { type Context, type Flags, keepAnchorOf, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { act } from "./act";
import { listBackups, printNewKey } from "./bucket";

export async function backup(context: Context, [file]: (string | undefined)[], flags: Flags): Promise<number> {
  const special = SPECIAL.filter(([flag]) => flags[flag] === true);
  const [only] = special;
  if (only) {
    if (special.length > 1 || file !== undefined || flags.every !== undefined || flags.keep !== undefined)
      throw new UsageError("Give --list, --upload, --prove or --new-key alone, without FILE.");
    return only[1](context);
  }
  const every = textFlag(flags, "every");
  const keep = numberFlag(flags, "keep", { whole: true, least: 1, most: MOST_KEPT_BACKUPS });
  if (every === undefined && keep === undefined) return file === undefined ? intoFolder(context) : into(context, file);
  if (file !== undefined)
    throw new UsageError("FILE makes a backup now, --every and --keep set the schedule: give one or the other.");
  return act(context, ({ application }) => application.commands.setBackupSchedule({ every, keep }));
}

const SPECIAL: [flag: string, run: (context: Context) => Promise<number>][] = [
  ["list", listBackups],
  ["newKey", printNewKey],
  ["upload", (context) => intoBucket(context, { makesOne: true })],
  ["prove", (context) => intoBucket(context, { makesOne: false })],
];

/** Copies the newest backup to the bucket and proves the copy. */
async function intoBucket(context: Context, { makesOne }: { makesOne: boolean }): Promise<number> {
  return act(context, async ({ application }) => {
    if (makesOne) await application.commands.createBackup();
    return application.commands.copyBackup();
  });
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
