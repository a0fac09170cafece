/** The launcher's folder for a data folder, its own copy of the launcher, and its commands. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import { eachLine } from "./lines.mjs";

/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/** @param {string} data need not exist yet @param {Env} env */
export function homeFolder(data, env) {
  if (env.BANYAN_HOME) return path.resolve(env.BANYAN_HOME);
  const real = realPath(path.resolve(data));
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 16);
  return path.join(env.XDG_STATE_HOME || path.join(env.HOME || accountHome(), ".local", "state"), "banyan", digest);
}

/** Returns the account's home folder; a process without an account, as in some containers, gets one that is nowhere. */
function accountHome() {
  try {
    return homedir();
  } catch {
    return "/nonexistent";
  }
}

/** Returns the folder of the homes of all data folders; for a home that a person placed elsewhere, that home. @param {string} home */
export function homesOf(home) {
  const above = path.dirname(home);
  return path.basename(above) === "banyan" && /^[0-9a-f]{16}$/.test(path.basename(home)) ? above : home;
}

/** Returns the path that `folder` has without links, also before it is made. @param {string} folder @returns {string} */
export function realPath(folder) {
  if (existsSync(folder) || folder === path.dirname(folder)) return realpathSync(folder);
  return path.join(realPath(path.dirname(folder)), path.basename(folder));
}

/** Where a person keeps tests that agents never see. @param {string} home */
export function heldOutFolder(home) {
  return path.join(home, "heldout");
}

/** @param {string} home @returns {string[]} names of files */
export function heldOutTests(home) {
  const folder = heldOutFolder(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.test\.m?js$/.test(name))
    .sort();
}

/** @param {string} root @returns {string} a digest of the checkout's launcher */
export function launcherDigest(root) {
  return digestOfPrograms(path.join(root, "launcher"));
}

/** @param {string} folder */
function digestOfPrograms(folder) {
  const hash = createHash("sha256");
  for (const file of programsIn(folder)) hash.update(`${path.basename(file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** @param {string} folder @returns {string[]} */
function programsIn(folder) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".mjs")) : [];
  return names.sort().map((name) => path.join(folder, name));
}

/** @param {string} home @returns {string} the file that names the launcher which home runs */
const namedIn = (home) => path.join(home, "launcher", "current");

/** Returns the digest of the launcher that home runs; null before the first start, and when it is damaged. @param {string} home */
export function installedLauncher(home) {
  const named = namedIn(home);
  if (!existsSync(named)) return null;
  const digest = readFileSync(named, "utf8").trim();
  if (!/^[0-9a-f]{16}$/.test(digest)) return null;
  return digestOfPrograms(path.join(home, "launcher", digest)) === digest ? digest : null;
}

/**
 * Returns the digest of the launcher to run, installed from the checkout where home never had one. A damaged one is never
 * replaced unasked, because agents may have changed the checkout's launcher.
 * @param {string} home @param {string} root @returns {string | null} null for a damaged one
 */
export function launcherToRun(home, root) {
  const isFirst = !existsSync(namedIn(home)) && !existsSync(path.join(home, "state.json"));
  return installedLauncher(home) ?? (isFirst ? installLauncher(home, root) : null);
}

/** Puts the checkout's launcher into home. Only a person does this: the launcher judges what agents release. @param {string} home @param {string} root */
export function installLauncher(home, root) {
  const digest = launcherDigest(root);
  const folder = path.join(home, "launcher", digest);
  if (digestOfPrograms(folder) !== digest) {
    const part = `${folder}.${process.pid}`;
    for (const old of [part, folder]) rmSync(old, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    for (const file of programsIn(path.join(root, "launcher"))) {
      const copy = path.join(part, path.basename(file));
      copyFileSync(file, copy, constants.COPYFILE_EXCL);
      chmodSync(copy, 0o400);
    }
    renameSync(part, folder);
  }
  const named = namedIn(home);
  rmSync(`${named}.new`, { force: true });
  // Flushed, because a power cut between the two would leave an empty file, which is a damaged one.
  writeFileSync(`${named}.new`, `${digest}\n`, { flag: "wx", flush: true });
  renameSync(`${named}.new`, named);
  return digest;
}

/**
 * Sends a command to the launcher of a home. Resolves with its answer, or null when none runs.
 * @param {string} home @param {Record<string, unknown>} command @returns {Promise<Record<string, any> | null>}
 */
export function tellLauncher(home, command) {
  return new Promise((resolve, reject) => {
    const connection = connect(path.join(home, "launcher.sock"));
    connection.on("error", (error) => {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
      if (["ENOENT", "ECONNREFUSED"].includes(code)) resolve(null);
      else reject(error);
    });
    connection.on("connect", () => connection.write(`${JSON.stringify(command)}\n`));
    eachLine(connection, (line) => {
      resolve(JSON.parse(line));
      connection.end();
    });
    // As it does when the server refuses a setting. After an answer this changes nothing.
    const problem = "The server has ended: its log says why.";
    connection.on("close", () => resolve({ problem, hasEnded: true }));
  });
}
