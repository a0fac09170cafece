/** What every command needs: where the system and its data are, and what was asked of the output. */
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Actor } from "@/agents/application";
import type { Acting } from "@/agents/boot/acting";
import { type Looking, openLooking } from "@/agents/boot/looking";
import type { Security } from "@/agents/configuration/security";
import { guarded, guardedQueries } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Store } from "@/db/store";
import { keepAnchor } from "@/lib/audit-anchor";
import { readSettings, type Settings } from "@/lib/env";
import { warn } from "@/scripts/cli/print/output";

export type Flags = Record<string, string | boolean | undefined>;

export interface Context {
  json: boolean;
  settings: Settings;
  /** Folder of the running system's own files. */
  checkout: string;
  version: string;
  /** Where the command was called: what it names is relative to it. */
  cwd: string;
}

/** Throws SettingError. */
export function readContext(flags: Flags): Context {
  const checkout = findCheckout(dirname(fileURLToPath(import.meta.url)));
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { version: string };
  const cwd = process.cwd();
  const env: Record<string, string | undefined> = { ...process.env };
  if (typeof flags.data === "string") {
    env.BANYAN_DATA_DIR = resolve(cwd, flags.data);
    // Whoever names a folder means the database in it.
    delete env.DATABASE_URL;
  }
  return { json: flags.json === true, settings: readSettings(env, checkout), checkout, version, cwd };
}

/** The programs run from `scripts/`, and bundled from `dist/`. */
function findCheckout(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at)) throw new Error(`There is no package.json above ${folder}.`);
  }
}

/** For commands that only look: the database must be there and of this version. */
export async function withLooking<T>(context: Context, use: (looking: Looking) => Promise<T>): Promise<T> {
  const looking = openLooking({ ...context, migrate: false });
  try {
    return await use({ ...looking, queries: guardedQueries(looking.queries, actor()) });
  } finally {
    await looking.close();
  }
}

/** For commands that change something. `migrate`: the database is made, or brought to this version. */
export async function withActing<T>(
  context: Context,
  use: (acting: Acting) => Promise<T>,
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

/** What the command did stands in the audit: its newest hash is kept outside the database. */
export function keepAnchorOf(store: Pick<Store, "audit">, { anchorFile }: Pick<Security, "anchorFile">): void {
  try {
    keepAnchor(anchorFile, store.audit.head(), Date.now());
  } catch (error) {
    warn(`The audit's newest hash cannot be kept in ${anchorFile} (${(error as Error).message}).`);
  }
}

let person: Actor | null = null;

/** The person at the keyboard, by the name that the system knows: whoever may open the database file owns all of it. */
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
