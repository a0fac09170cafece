/** The launcher's folder for a data folder, its own copy of the launcher, and its commands. */
import { createHash } from "node:crypto";
import {
  chmodSync,
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
import { createInterface } from "node:readline";

/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/** @param {string} data need not exist yet @param {Env} env */
export function homeFolder(data, env) {
  if (env.BANYAN_HOME) return path.resolve(env.BANYAN_HOME);
  const real = realPath(path.resolve(data));
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 16);
  return path.join(env.XDG_STATE_HOME || path.join(env.HOME || homedir(), ".local", "state"), "banyan", digest);
}

/** Returns the path that `folder` has without links, also before it is made. @param {string} folder @returns {string} */
function realPath(folder) {
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
  const hash = createHash("sha256");
  for (const file of programsOf(root)) hash.update(`${path.basename(file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** @param {string} root @returns {string[]} */
function programsOf(root) {
  const folder = path.join(root, "launcher");
  const names = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  return names.sort().map((name) => path.join(folder, name));
}

/** Returns the digest of the launcher that home runs; null before the first start. @param {string} home */
export function installedLauncher(home) {
  const named = path.join(home, "launcher", "current");
  if (!existsSync(named)) return null;
  const digest = readFileSync(named, "utf8").trim();
  return existsSync(path.join(home, "launcher", digest, "main.mjs")) ? digest : null;
}

/** Puts the checkout's launcher into home. Only a person does this: the launcher judges what agents release. @param {string} home @param {string} root */
export function installLauncher(home, root) {
  const digest = launcherDigest(root);
  const folder = path.join(home, "launcher", digest);
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    for (const file of programsOf(root)) {
      const copy = path.join(part, path.basename(file));
      copyFileSync(file, copy);
      chmodSync(copy, 0o400);
    }
    renameSync(part, folder);
  }
  const named = path.join(home, "launcher", "current");
  writeFileSync(`${named}.new`, `${digest}\n`);
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
    const lines = createInterface({ input: connection });
    // It repeats the connection's error, which is handled above.
    lines.on("error", () => {});
    lines.on("line", (line) => {
      resolve(JSON.parse(line));
      connection.end();
    });
    // As it does when the server refuses a setting. After an answer this changes nothing.
    const problem = "The server has ended: its log says why.";
    connection.on("close", () => resolve({ problem, hasEnded: true }));
  });
}
