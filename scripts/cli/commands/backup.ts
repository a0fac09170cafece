/** `backup` copies the database; `restore` replaces it by a copy. */
import { join, resolve } from "node:path";
import { bytes } from "@/core/words/figures";
import { backupDatabase, restoreDatabase } from "@/db/file/backup";
import { type Context, keepAnchorOf, withLooking } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";

export async function backup(context: Context, [file]: (string | undefined)[]): Promise<number> {
  const name = `banyan-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.db`;
  const to = file === undefined ? join(context.settings.dataDir, "backups", name) : resolve(context.cwd, file);
  return withLooking(context, async ({ store, security }) => {
    keepAnchorOf(store, security);
    const report = backupDatabase(store.client.sqlite, to);
    if (context.json) printJson({ file: report.file, size_bytes: report.sizeBytes });
    else print(`Saved the backup as ${report.file} (${bytes(report.sizeBytes)}).`);
    return 0;
  });
}

export async function restore(context: Context, [file = ""]: (string | undefined)[]): Promise<number> {
  const { databaseFile } = context.settings;
  const { kept, older } = restoreDatabase(resolve(context.cwd, file), databaseFile, join(context.program, "drizzle"));
  if (context.json) {
    printJson({ file: databaseFile, kept, older });
    return 0;
  }
  print(`Restored the database ${databaseFile}.`);
  if (kept) print(`The previous database is kept as ${kept}.`);
  if (older) print("The backup is of an older version: the next start migrates it.");
  return 0;
}
