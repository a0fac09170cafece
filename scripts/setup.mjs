import "./check-node.mjs";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runChild, tail } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { SetupError, say } from "./say.mjs";
import { findProgram, installPackages, missingCompilers } from "./system.mjs";

/** The checkout. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const MARKER = "node_modules/.banyan-install";
const LOCK_FILE = "package-lock.json";
const SHOWN_LINES = 15;

/** @param {string} root */
export function dataFolder(root = ROOT) {
  return path.resolve(root, process.env.BANYAN_DATA_DIR || "data");
}

/** @throws {SetupError} when git is not there */
export function checkGit() {
  if (findProgram("git")) return;
  throw new SetupError(
    "Banyan keeps every version of an agent's files with git, and there is no git on this PATH: install it (Debian: `apt-get install -y git`), then start again.",
  );
}

/**
 * Makes the folder when it is missing.
 * @param {string} folder
 * @param {string} what for the sentence: "The data folder"
 * @param {string} instead what else a person can do
 * @throws {SetupError}
 */
export function checkWritable(folder, what, instead) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "unknown";
    /** @type {Record<string, string>} */
    const reasons = {
      EACCES: "this user may not",
      EROFS: "its file system is read-only",
      ENOSPC: "its disk is full",
      EEXIST: "something that is no folder is in its place",
      ENOTDIR: "something that is no folder is in its place",
    };
    throw new SetupError(`${what} ${folder} cannot be written (${reasons[code] ?? code}): ${instead}`);
  }
}

/** @param {string} [named] on the command line; else the setting counts */
export function checkDataFolder(named) {
  const folder = named ? path.resolve(named) : dataFolder();
  checkWritable(folder, "The data folder", "make it writable for this user, or set BANYAN_DATA_DIR to one that is.");
}

export function checkProjectFolder(root = ROOT) {
  checkWritable(
    root,
    "The project folder",
    "make it writable for this user (installing and building write there), or copy it to one that is.",
  );
}

/**
 * Where this Node's C headers are, so that node-gyp need not download them.
 * @param {string} execPath
 * @returns {string | undefined} the prefix: the folder above `include/node`
 */
export function findHeaders(execPath = process.execPath) {
  const files = [execPath];
  try {
    files.push(realpathSync(execPath));
  } catch {
    // A Node that was replaced while it runs; the path as given may still do.
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

/** What an install depends on: the locked versions, and the binary interface that native modules are compiled for. */
function wanted(/** @type {string} */ root) {
  const lock = createHash("sha256")
    .update(readFileSync(path.join(root, LOCK_FILE)))
    .digest("hex");
  return `${lock} abi${process.versions.modules} ${process.platform}-${process.arch}\n`;
}

/** @param {string} root @returns {boolean} whether node_modules is what the lock file asks for, compiled for this Node; takes about 1 ms */
export function isInstalled(root = ROOT) {
  try {
    return readFileSync(path.join(root, MARKER), "utf8") === wanted(root);
  } catch {
    return false;
  }
}

/**
 * Whether npm itself has installed exactly what is locked, for those who run `npm ci` by hand. npm writes its own
 * copy of the lock last, so that an install that was broken off has none.
 * @param {string} root
 */
function matchesLock(root) {
  try {
    const locked = JSON.parse(readFileSync(path.join(root, LOCK_FILE), "utf8")).packages;
    const present = JSON.parse(readFileSync(path.join(root, "node_modules/.package-lock.json"), "utf8")).packages;
    for (const [name, entry] of Object.entries(locked)) {
      if (name === "" || (entry.optional && !present[name])) continue;
      if (present[name]?.version !== entry.version || present[name]?.integrity !== entry.integrity) return false;
    }
    return Object.keys(present).every((name) => locked[name]);
  } catch {
    return false;
  }
}

/**
 * Installs the dependencies when they are missing or of other versions. Several may call it at once: one installs, the
 * others wait. An install that was broken off is done again, for the marker is written last.
 * @param {string} root
 * @throws {SetupError}
 */
export async function ensureInstalled(root = ROOT) {
  if (isInstalled(root)) return;
  checkProjectFolder(root);
  const modules = path.join(root, "node_modules");
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError(
      `${modules} is a link, and installing through it would empty the folder that it leads to: remove the link, then start again.`,
    );
  }
  await withLock(path.join(root, "dist/.install.lock"), "installing the dependencies", async (addOwner) => {
    if (isInstalled(root)) return;
    const usable = matchesLock(root) && (await nativeModuleFault(root)) === undefined;
    if (!usable) await install(root, addOwner);
    linkCommand(root);
    const marker = path.join(root, MARKER);
    writeFileSync(`${marker}.new`, wanted(root));
    renameSync(`${marker}.new`, marker);
  });
}

/** @param {string} root @param {(pid: number) => void} addOwner */
async function install(root, addOwner) {
  say("Installing the dependencies (about a minute the first time) …");
  let failure = await installOnce(root, addOwner);
  const compilers = failure ? missingCompilers() : [];
  if (failure && compilers.length > 0) {
    await installPackages(compilers, "no ready-made SQLite module could be had, and compiling it needs a compiler");
    failure = await installOnce(root, addOwner);
  }
  if (failure) throw new SetupError(failure);
}

/** @param {string} root @param {(pid: number) => void} addOwner @returns {Promise<string | undefined>} what went wrong */
async function installOnce(root, addOwner) {
  const headers = findHeaders();
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    NODE_ENV: "development",
    // What npm starts must run on this very Node too, or modules are compiled for another one.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
    ...(headers && { npm_config_nodedir: headers }),
  };
  const npm = findNpm();
  // Said outright, because a user's own npm settings may say otherwise: the build needs the development dependencies,
  // and the SQLite module its install script.
  const flags = ["ci", "--include=dev", "--include=optional", "--ignore-scripts=false", "--no-audit", "--no-fund"];
  const { status, output } = await runChild(npm[0], [...npm.slice(1), ...flags], { cwd: root, env, onStart: addOwner });
  const last = tail(reasonOf(output), SHOWN_LINES);
  if (status !== 0) {
    return `${last}\nInstalling the dependencies failed (\`npm ci\`, status ${status}; its last lines are above): see what they ask for, check the network and the space on the disk, then start again.`;
  }
  const fault = await nativeModuleFault(root);
  return (
    fault &&
    `${fault}\nThe SQLite module was installed but does not load (above): run \`npm rebuild better-sqlite3\` to see why, then start again.`
  );
}

/** npm explains its own usage at length after the reason, and warns at length before it. @param {string} output */
function reasonOf(output) {
  return (output.split(/^npm error Usage:/m)[0] ?? "")
    .split("\n")
    .filter((line) => !line.startsWith("npm warn") && line.trim() !== "npm error" && !/^npm error\s+at /.test(line))
    .join("\n");
}

/** @returns {[string, ...string[]]} npm as a command: the very one that started us, or the one beside this Node, or the PATH's */
function findNpm() {
  const started = process.env.npm_execpath;
  if (started && path.basename(started) === "npm-cli.js" && existsSync(started)) return [process.execPath, started];
  const beside = path.join(path.dirname(process.execPath), "npm");
  if (existsSync(beside)) return [beside];
  const onPath = findProgram("npm");
  if (onPath) return [onPath];
  throw new SetupError(
    "There is no npm beside this Node or on the PATH: install it (Debian: `apt-get install -y npm`), then start again.",
  );
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} why the SQLite module does not load: missing, or compiled for another Node
 */
async function nativeModuleFault(root) {
  const script = 'new (require("better-sqlite3"))(":memory:").close()';
  const { status, output } = await runChild(process.execPath, ["-e", script], { cwd: root });
  return status === 0 ? undefined : tail(output.split("\n    at ")[0] ?? output, SHOWN_LINES);
}

/** `npx banyan` finds the checkout's own command only where those of packages are. @param {string} root */
function linkCommand(root) {
  const link = path.join(root, "node_modules/.bin/banyan");
  if (existsSync(link)) return;
  try {
    symlinkSync("../../scripts/banyan.mjs", link);
  } catch (error) {
    // Without the link npx still finds the command, only slower.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") say(`${link} could not be made: ${error}`);
  }
}
