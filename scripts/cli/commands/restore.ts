/** `restore`: checks a backup, replaces the database by it, and says what comes next and how to go back. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ReadRuntime } from "@/agents/boot/read-runtime";
import { duration, plural } from "@/core/words/figures";
import { type BackupContents, checkBackup, restoreDatabase } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";
import { homeFolder, tellLauncher } from "@/launcher/home.mjs";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { withFetched } from "./bucket";

export async function restore(context: Context, [file = ""]: (string | undefined)[], flags: Flags): Promise<number> {
  const isOnlyChecked = flags.check === true;
  const keyFile = textFlag(flags, "keyFile");
  if (flags.fromBucket !== true) {
    if (keyFile !== undefined) throw new UsageError("Give --key-file together with --from-bucket.");
    return restoreFile(context, resolve(context.cwd, file), isOnlyChecked);
  }
  return withFetched(context, { name: file, keyFile }, (fetched) => restoreFile(context, fetched, isOnlyChecked));
}

async function restoreFile(context: Context, from: string, isOnlyChecked: boolean): Promise<number> {
  const { databaseFile } = context.settings;
  const migrations = join(context.program, "drizzle");
  if (isOnlyChecked) {
    const contents = checkBackup(from, dirname(databaseFile), migrations);
    if (context.json) printJson({ file: from, ...shown(contents) });
    else print(`${sentenceOf(from, contents)} Nothing was changed.`);
    return 0;
  }
  await refuseLaunched(context);
  const { kept, contents } = restoreDatabase(from, databaseFile, migrations);
  const notes = [...(await notesOf(context, contents)), ...wayBack(kept)];
  if (context.json) printJson({ file: databaseFile, kept, ...shown(contents), notes });
  else {
    print(sentenceOf(from, contents));
    print(`Restored the database ${databaseFile}.`);
    for (const note of notes) print(`- ${note}`);
  }
  return 0;
}

/** A launcher may start its server at any moment, also while the database is not in use. */
async function refuseLaunched({ settings: { dataDir } }: Context): Promise<void> {
  const told = await tellLauncher(homeFolder(dataDir, process.env), { command: "status" });
  // BANYAN_HOME may name the launcher of another data folder, as in a drill.
  if (told === null || told.pid !== servedBy(dataDir)) return;
  throw new StoreError(
    "in_use",
    `The server of the data folder ${dataDir} runs (process ${told.pid}): stop the server, then restore.`,
  );
}

/** Returns the process in the file of the data folder's server; null when there is no file. */
function servedBy(dataDir: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as { pid: number }).pid;
  } catch {
    return null;
  }
}

function shown({ trees, openTrees, messages, newestAtMs, older }: BackupContents) {
  const newest = newestAtMs === null ? null : new Date(newestAtMs).toISOString();
  return { trees, open_trees: openTrees, messages, newest_message_at: newest, older };
}

function sentenceOf(from: string, { trees, messages, newestAtMs }: BackupContents): string {
  const age = newestAtMs === null ? "" : `; its newest message is ${duration(Date.now() - newestAtMs)} old`;
  return `The backup ${from} is complete: ${plural(trees, "tree")}, ${plural(messages, "message")}${age}.`;
}

function wayBack(kept: string | null): string[] {
  return kept === null
    ? []
    : [
        `The previous database is kept, and so are the files of trees that only it has. To go back to it: npx banyan restore ${kept}`,
        "To free that space for good: delete that backup; the next start then removes those files.",
      ];
}

/** Returns what a person should know before the next start. */
async function notesOf(context: Context, { openTrees, older }: BackupContents): Promise<string[]> {
  const notes: string[] = [];
  if (openTrees > 0)
    notes.push(
      `${plural(openTrees, "tree")} had not ended and will continue at the next start. Calls that were made after the backup can run again; the files in the workspaces are as they are now. To look first, run: npx banyan pause-everything`,
    );
  notes.push(
    "Users, tokens, sessions and rules are as they were at the backup: remove again what was removed since then.",
  );
  try {
    const more = await securityNotes(context, older);
    return [
      ...(older ? ["The backup was of an older version: it is migrated to this version."] : []),
      ...notes,
      ...more,
    ];
  } catch (error) {
    if (!older || !(error instanceof StoreError)) throw error;
    return [`The backup is of an older version, and migrating it failed. ${error.message}`, ...notes];
  }
}

/** An older database is migrated now, as the next start would: journal, secrets and audit are read with this schema. */
async function securityNotes(context: Context, older: boolean): Promise<string[]> {
  const facts = async ({ queries, security, store }: ReadRuntime) => {
    // These starts ended on the replaced database; the next start would count them as crashes.
    const end = { how: "restored" as const, atMs: Date.now(), by: null };
    await store.starts.close((start) => (start.end === null ? end : null));
    const [fault] = security.vault.faults();
    const audit = await queries.verifyAudit();
    return [
      ...(fault ? [`Secrets cannot be read: ${fault}`] : []),
      ...(audit.ok ? [] : ["The audit log ends at the backup. To accept that, run: npx banyan audit accept"]),
    ];
  };
  return withReadRuntime(context, facts, { migrate: older });
}
