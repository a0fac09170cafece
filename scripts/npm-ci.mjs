import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { runChild, tail } from "./child.mjs";
import { SetupError } from "./say.mjs";
import { findProgram } from "./system.mjs";

export const SHOWN_LINES = 15;

/** @typedef {{ addOwner: (pid: number) => void, signal: AbortSignal }} Run addOwner: keeps the lock while that process runs */

/**
 * Finds this Node's C headers, so that node-gyp does not have to download them.
 * @param {string} execPath
 * @returns {string | undefined} the prefix: the folder above `include/node`
 */
export function findHeaders(execPath = process.execPath) {
  const files = [execPath];
  try {
    files.push(realpathSync(execPath));
  } catch {
    // Node was replaced while it ran; the unresolved path may still work.
  }
  const onPath = findProgram("node");
  if (onPath) files.push(onPath);
  for (const file of files) {
    const prefix = path.dirname(path.dirname(file));
    const header = path.join(prefix, "include/node/node_version.h");
    if (existsSync(header) && headersVersion(header) === process.versions.node) return prefix;
  }
  return undefined;
}

/** @param {string} file */
function headersVersion(file) {
  const text = readFileSync(file, "utf8");
  return ["MAJOR", "MINOR", "PATCH"].map((part) => new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]).join(".");
}

/**
 * Returns npm's settings as they apply in a folder.
 * @param {string} folder @param {Run} run
 * @returns {Promise<Record<string, unknown> | undefined>} undefined when npm cannot say
 */
export async function npmSettings(folder, { signal }) {
  const npm = findNpm();
  const args = [...npm.slice(1), "config", "list", "--json"];
  const { status, output } = await runChild(npm[0], args, { cwd: folder, signal });
  try {
    return status === 0 ? JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns where the certificates of the checkout's npm settings are: npm would look for a relative path in the folder
 * that it runs in.
 * @param {string} root @param {Run} run
 */
export async function certificateFlags(root, run) {
  if (!existsSync(path.join(root, ".npmrc"))) return [];
  const { cafile } = (await npmSettings(root, run)) ?? {};
  return typeof cafile === "string" && path.isAbsolute(cafile) ? [`--cafile=${cafile}`] : [];
}

/**
 * Installs what the lock file of a folder says.
 * @param {string} folder @param {string[]} flags they override the user's npm settings @param {Run} run
 * @throws {SetupError}
 */
export async function npmCi(folder, flags, run) {
  const ended = await runCi(folder, flags, run);
  if (ended.status !== 0) throw failedInstall(ended);
}

/**
 * Installs what the lock file of a folder says, with the addresses in it.
 * @param {string} folder @param {string[]} flags @param {Run} run
 * @returns {Promise<boolean>} false when the registry does not have a package at its address
 * @throws {SetupError} when it fails for another reason
 */
export async function ciAtAddresses(folder, flags, run) {
  const ended = await runCi(folder, flags, run);
  if (ended.status !== 0 && !/^npm error code E4\d\d$/m.test(ended.output)) throw failedInstall(ended);
  return ended.status === 0;
}

/** @param {string} folder @param {string[]} flags @param {Run} run */
function runCi(folder, flags, { addOwner, signal }) {
  const headers = findHeaders();
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    NODE_ENV: "development",
    // Programs that npm starts must use this same Node, or modules are compiled for another one.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
    // As many compilers at once as there are processors.
    JOBS: "max",
    // The package's own level, -O3, compiles for half as long again, and no query is faster for it; vectors, of which SQLite has
    // next to none, cost a sixth of the rest.
    CFLAGS: `-O2 -fno-tree-vectorize ${process.env.CFLAGS ?? ""}`,
    ...(headers && { npm_config_nodedir: headers }),
  };
  const npm = findNpm();
  const args = [...npm.slice(1), "ci", "--include=optional", "--no-audit", "--no-fund", ...flags];
  return runChild(npm[0], args, { cwd: folder, env, onStart: addOwner, signal });
}

/** @param {{ status: number, output: string }} ended */
function failedInstall({ status, output }) {
  return new SetupError(
    `${tail(reasonOf(output), SHOWN_LINES)}\nInstalling the dependencies failed (\`npm ci\`, status ${status}; its last lines are above): fix what they name, check the network and the disk space, then start again.`,
  );
}

/** Returns npm's error without its long warnings before and its usage text after. @param {string} output */
function reasonOf(output) {
  return (output.split(/^npm error Usage:/m)[0] ?? "")
    .split("\n")
    .filter((line) => !line.startsWith("npm warn") && line.trim() !== "npm error" && !/^npm error\s+at /.test(line))
    .join("\n");
}

/** @returns {[string, ...string[]]} npm as a command: the npm that started this process, else the one next to this Node, else the one on the PATH */
function findNpm() {
  const started = process.env.npm_execpath;
  if (started && path.basename(started) === "npm-cli.js" && existsSync(started)) return [process.execPath, started];
  const ownNpm = path.join(path.dirname(process.execPath), "npm");
  if (existsSync(ownNpm)) return [ownNpm];
  const onPath = findProgram("npm");
  if (onPath) return [onPath];
  throw new SetupError(
    "npm is neither next to this Node nor on the PATH: install it (Debian: `apt-get install -y npm`), then start again.",
  );
}
