import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the checkout, or of the installed package. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What `npm run package` writes into a package: its programs and pages are built, and nothing to build them is there. */
export const PACKAGE_MARK = "packaged.json";

export const IS_PACKAGE = existsSync(path.join(ROOT, PACKAGE_MARK));

/** For sentences that say how to start the server. */
export const START_COMMAND = IS_PACKAGE ? "npx banyan serve" : "npm start";

/**
 * Returns where an installed package keeps `.env` and the data: a new version replaces the package's own folder.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} [platform]
 */
export function packageHome(env, platform = process.platform) {
  if (platform === "darwin") return path.join(accountHome(), "Library", "Application Support", "banyan");
  // The XDG specification ignores relative paths.
  const given = env.XDG_DATA_HOME ?? "";
  return path.join(path.isAbsolute(given) ? given : path.join(accountHome(), ".local", "share"), "banyan");
}

/** Returns the account's home folder; a process without an account, as in some containers, gets one that is nowhere. */
function accountHome() {
  try {
    return homedir();
  } catch {
    return "/nonexistent";
  }
}

/** Returns the file of settings. @param {Readonly<Record<string, string | undefined>>} [env] */
export function settingsFile(env = process.env) {
  return path.join(IS_PACKAGE ? packageHome(env) : ROOT, ".env");
}

/** @param {string} [named] the folder from the command line; default: the setting */
export function dataFolder(named) {
  return named ? path.resolve(named) : path.resolve(ROOT, process.env.BANYAN_DATA_DIR || "data");
}

/** Returns the value of `--name value` or `--name=value`; the last one counts. @param {string[]} argv @param {string} name @returns {string | undefined} */
export function option(argv, name) {
  const at = argv.lastIndexOf(name);
  if (at >= 0) return argv[at + 1];
  return argv.findLast((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}
