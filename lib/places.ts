/** Where the running release has its files, and where the person's clone with the settings is. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { shellWord } from "./process/shell-word";

export interface Places {
  /** The running release: its programs, pages, migrations and seeds. */
  program: string;
  /** The person's clone, with `.env`. Equal to `program` without a launcher. */
  checkout: string;
}

/** A launcher sets this for the releases that it runs. */
const CHECKOUT_SETTING = "BANYAN_CHECKOUT";

/** scripts/settings.mjs sets it for an installed package, to the folder of the package's `.env` and data. */
const PACKAGED_SETTING = "BANYAN_PACKAGED";

/** The file in an installed package's own folder: scripts/places.mjs. */
const PACKAGE_MARK = "packaged.json";

/** Whether this is an installed package, which has no checkout, no launcher and no releases. */
export function isPackaged(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return Boolean(env[PACKAGED_SETTING]);
}

/** Returns the folder of `.env`, to which relative paths in settings refer: an upgrade replaces a package's own folder. */
export function settingsFolder({ checkout }: Places, env: Readonly<Record<string, string | undefined>>): string {
  return env[PACKAGED_SETTING] || checkout;
}

/** Returns the file of settings, for sentences that name it. It need not exist. Without a launcher the server runs in the checkout. */
export function settingsFile(
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): string {
  const checkout = env[CHECKOUT_SETTING] || cwd;
  return join(settingsFolder({ program: checkout, checkout }, env), ".env");
}

/**
 * Returns a command as the person types it, for sentences that name it. An installed package is on the PATH; `npx` would
 * offer to download whatever has its name in a registry, where it finds none.
 */
export function ownCommand(command: string, env?: Readonly<Record<string, string | undefined>>): string {
  return isPackaged(env) ? `banyan ${command}` : `npx banyan ${command}`;
}

/** Returns the command that starts the server, for sentences that name it. */
export function startCommand(env?: Readonly<Record<string, string | undefined>>): string {
  return isPackaged(env) ? ownCommand("serve", env) : "npm start";
}

/** Returns the command that prints a new sign-in link. It names a data folder that the command would not find by itself. */
export function signInCommand(
  places: Places,
  { dataDir, databaseFile }: { dataDir: string; databaseFile: string },
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const isUsual = dataDir === join(settingsFolder(places, env), "data");
  // With --data the command would look for the database in that folder.
  const isBeside = databaseFile === join(dataDir, "banyan.db");
  return ownCommand(`signin${isUsual || !isBeside ? "" : ` --data ${shellWord(dataDir)}`}`, env);
}

/**
 * Returns the folder that the first form offers: the checkout, or the folder in which a person started an installed
 * package. "": there is none, because nobody wants agents on a package, on a whole home folder or on the root.
 */
export function startFolder(env?: Readonly<Record<string, string | undefined>>, cwd = process.cwd()): string {
  if (!isPackaged(env)) return ".";
  const isOwn = existsSync(join(cwd, PACKAGE_MARK));
  return isOwn || cwd === homedir() || cwd === parse(cwd).root ? "" : cwd;
}

/** `module` is the address of a module of the release: `import.meta.url`. */
export function placesOf(module: string, env: Readonly<Record<string, string | undefined>>): Places {
  const program = programOf(dirname(fileURLToPath(module)));
  return { program, checkout: env[CHECKOUT_SETTING] || program };
}

/** Searches upwards, because modules are in their rooms or, bundled, in `dist/`. */
function programOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at)) throw new Error(`There is no package.json above ${folder}.`);
  }
}
