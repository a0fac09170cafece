/** Opens what a command needs: the settings, the database, and the user who acts. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Actor } from "@/agents/application";
import type { Acting } from "@/agents/boot/acting";
import { openReadRuntime, type ReadRuntime } from "@/agents/boot/read-runtime";
import type { Security } from "@/agents/configuration/security";
import { type GuardedApplication, guarded, guardedQueries } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Store } from "@/db/store";
import { keepAnchor } from "@/lib/audit-anchor";
import { readSettings, type Settings } from "@/lib/env";
import { placesOf, settingsFolder } from "@/lib/places";
import { warn } from "@/scripts/cli/print/output";
import { versionIn } from "./version";

/** A flag that can be given more than once is a list. */
export type Flags = Record<string, string | boolean | readonly string[] | undefined>;

export interface Context {
  json: boolean;
  settings: Settings;
  /** Folder of the release's files. */
  program: string;
  /** The person's clone, with the settings. */
  checkout: string;
  version: string;
  /** Where the user called the command; paths in its arguments are relative to it. */
  cwd: string;
}

/** Throws SettingError. */
export function readContext(flags: Flags): Context {
  const places = placesOf(import.meta.url, process.env);
  const { program, checkout } = places;
  const version = versionIn(program);
  const cwd = process.cwd();
  const env: Record<string, string | undefined> = { ...process.env };
  if (typeof flags.data === "string") {
    env.BANYAN_DATA_DIR = resolve(cwd, flags.data);
    // --data means the database in that folder, whatever DATABASE_URL says.
    delete env.DATABASE_URL;
  }
  const settings = readSettings(env, settingsFolder(places, env));
  return { json: flags.json === true, settings, program, checkout, version, cwd };
}

/** Opens the database for a command that only reads. It must exist and be of this version, unless `migrate` is true. */
export async function withReadRuntime<T>(
  context: Context,
  use: (readRuntime: ReadRuntime) => Promise<T>,
  options: { migrate?: boolean } = {},
): Promise<T> {
  const readRuntime = openReadRuntime({ ...context, migrate: options.migrate ?? false });
  try {
    return await use({ ...readRuntime, queries: guardedQueries(readRuntime.queries, actor()) });
  } finally {
    await readRuntime.close();
  }
}

/**
 * Opens the database for a read-only command that also works in a new installation. Before the first start the command
 * gets an empty database, which is removed afterwards; `isNew` says so.
 */
export async function withReadRuntimeEvenNew<T>(
  context: Context,
  use: (readRuntime: ReadRuntime, isNew: boolean) => Promise<T>,
): Promise<T> {
  const { settings } = context;
  if (existsSync(settings.databaseFile)) return withReadRuntime(context, (readRuntime) => use(readRuntime, false));
  const folder = mkdtempSync(join(tmpdir(), "banyan-new-"));
  try {
    const empty = { ...context, settings: { ...settings, databaseFile: join(folder, "banyan.db") } };
    return await withReadRuntime(empty, (readRuntime) => use(readRuntime, true), { migrate: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a writing command works with, as the person at the machine. */
export interface ActingApplication extends Omit<Acting, "application"> {
  application: GuardedApplication;
}

/** Opens the database for a command that writes. `migrate` creates it, or migrates it to this version. */
export async function withActing<T>(
  context: Context,
  use: (acting: ActingApplication) => Promise<T>,
  options: { migrate?: boolean } = {},
): Promise<T> {
  const { openActing } = await import("@/agents/boot/acting");
  const acting = openActing({ ...context, migrate: options.migrate ?? false });
  try {
    const application = guarded(acting.application, actor());
    return await use({ ...acting, application, queries: application.queries });
  } finally {
    keepAnchorOf(acting.store, acting.security);
    await acting.close();
  }
}

/** Saves the audit's newest hash outside the database, so that `audit verify` notices a replaced database. */
export function keepAnchorOf(store: Pick<Store, "audit">, { anchorFile }: Pick<Security, "anchorFile">): void {
  try {
    keepAnchor(anchorFile, store.audit.head(), Date.now());
  } catch (error) {
    warn(`Cannot save the audit's newest hash in ${anchorFile} (${(error as Error).message}).`);
  }
}

let person: Actor | null = null;

/** Returns the user at the keyboard as owner: anyone who can open the database file owns all of it. */
export function actor(): Actor {
  person ??= ownerCalled(userName());
  return person;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "command line";
  }
}
