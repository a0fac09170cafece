/** The launcher's folder for a data folder, its own copy of the launcher, and its commands. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
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

/** @param {string} data @param {Env} env */
export function homeFolder(data, env) {
  if (env.BANYAN_HOME) return path.resolve(env.BANYAN_HOME);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256").update(realpathSync(data)).digest("hex").slice(0, 16);
  return path.join(env.XDG_STATE_HOME || path.join(env.HOME || homedir(), ".local", "state"), "banyan", digest);
}

/** @param {string} root @returns {string} a digest of the checkout's launcher */
export function launcherDigest(root) {
  const hash = createHash("sha256");
  const folder = path.join(root, "launcher");
  for (const name of readdirSync(folder).filter(isProgram).sort())
    hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}

/** @param {string} name */
function isProgram(name) {
  return name.endsWith(".mjs");
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
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}`;
    rmSync(part, { recursive: true, force: true });
    cpSync(path.join(root, "launcher"), part, { recursive: true, filter: (file) => !file.includes(".test.") });
    renameSync(part, folder);
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o400);
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
    // The launcher ended before it answered, as it does after `stop`.
    connection.on("close", () => resolve({}));
  });
}
