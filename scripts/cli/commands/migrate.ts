/** `migrate`: creates the database, or migrates it to this version. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { holderOf } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";
import { openStore } from "@/db/store";
import type { Context } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";

export async function migrate(context: Context): Promise<number> {
  const { databaseFile } = context.settings;
  const migrations = join(context.program, "drizzle");
  const was = stateOf(databaseFile, migrations);
  if (was === "older") {
    const pid = holderOf(databaseFile);
    if (pid !== null)
      throw new StoreError("in_use", `Process ${pid} uses the database ${databaseFile}: stop it, then migrate.`);
  }
  await openStore(databaseFile, { migrations, synchronous: context.settings.synchronous }).close();
  const sentence = {
    missing: `Created the database ${databaseFile}.`,
    older: `Migrated the database ${databaseFile} to this version; a backup is in the folder backups/ next to it.`,
    current: `The database ${databaseFile} is already of this version.`,
  }[was];
  if (context.json) printJson({ sentence, before: was });
  else print(sentence);
  return 0;
}

function stateOf(file: string, migrations: string): "missing" | "older" | "current" {
  if (!existsSync(file)) return "missing";
  try {
    openStore(file, { migrations, migrate: false }).client.close();
    return "current";
  } catch (error) {
    if (error instanceof StoreError && error.kind === "older") return "older";
    throw error;
  }
}
