import "./check-node.mjs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { realPath } from "../launcher/home.mjs";
import { installAddressed } from "./addressed-install.mjs";
import { runChild, tail } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { certificateFlags, npmCi, SHOWN_LINES } from "./npm-ci.mjs";
import { dataFolder, IS_PACKAGE, ROOT, settingsFile } from "./places.mjs";
import { SetupError, say } from "./say.mjs";
import {
  adoptSqliteModule,
  dropSqliteModule,
  hasSqliteModule,
  keepSqliteModule,
  placeSqliteModule,
  sqliteFolder,
  sqliteModuleFile,
} from "./sqlite-module.mjs";
import { findProgram, installPackages, missingCompilers } from "./system.mjs";

const MARKER = "node_modules/.banyan-install";
const LOCK_FILE = "package-lock.json";
/** Held while something is built, and while the packages that a build reads are replaced. */
export const BUILD_LOCK = "dist/.build.lock";

/**
 * @typedef {(signal: AbortSignal) => Promise<void>} Work ends early when the signal is aborted
 * @typedef {import("./npm-ci.mjs").Run} Run
 */

/** Returns the database's file, with a relative path from the folder of `.env`; lib/env/database-url.ts says which values are valid. @param {string} data */
function databaseFile(data) {
  const given = process.env.DATABASE_URL ?? "";
  const named = /^(?:file:|sqlite(?:\+\w+)?:\/\/\/)?([^?]*)/i.exec(given)?.[1];
  return named ? path.resolve(path.dirname(settingsFile()), named) : path.join(data, "banyan.db");
}

/**
 * Returns the paths of a server's data, which no release may contain. Refuses places in the checkout but `data`, because
 * releases and the source that agents get are copies of the checkout, and all in an installed package.
 * @param {string} data the data folder
 * @param {string} [root] the checkout, or the installed package
 * @param {boolean} [isPackage]
 * @returns {string[]}
 * @throws {SetupError}
 */
export function privatePlaces(data, root = ROOT, isPackage = IS_PACKAGE) {
  const places = [
    { what: "The data folder", place: data, setting: "BANYAN_DATA_DIR" },
    { what: "The database", place: databaseFile(data), setting: "DATABASE_URL" },
  ];
  for (const { what, place, setting } of places) {
    const [real, checkout] = [realPath(place), realPath(root)];
    if (!isWithin(real, checkout)) continue;
    if (isPackage)
      throw new SetupError(
        `${what} ${place} is in the installed package, which an upgrade replaces: move it out, and set ${setting} to the new place.`,
      );
    if (isWithin(real, path.join(checkout, "data"))) continue;
    throw new SetupError(
      `${what} ${place} is in the checkout, which is copied into releases and shown to agents: move it out, or into the folder data, and set ${setting} to the new place.`,
    );
  }
  return places.map(({ place }) => realPath(place));
}

/** @param {string} place @param {string} folder */
function isWithin(place, folder) {
  return place === folder || place.startsWith(`${folder}/`);
}

/** @throws {SetupError} when git is missing */
export function checkGit() {
  if (hasGit()) return;
  throw new SetupError(
    `Banyan keeps every version of an agent's files with git, but git is not on the PATH: install it (${gitInstall()}), then start again.`,
  );
}

/** A Mac without Apple's tools has a program in git's place that only asks to install them. */
function hasGit() {
  const file = findProgram("git");
  if (process.platform !== "darwin" || file !== "/usr/bin/git") return file !== undefined;
  return spawnSync("xcode-select", ["--print-path"]).status === 0;
}

/** Returns how git is installed on this system, for sentences. */
export function gitInstall(platform = process.platform) {
  return platform === "darwin" ? "macOS: `xcode-select --install`" : "Debian: `apt-get install -y git`";
}

/**
 * Creates the folder if it is missing, for this user only, and checks that it is writable.
 * @param {string} folder
 * @param {string} what the folder's name in the error: "the data folder"
 * @param {string} instead what the user can do
 * @throws {SetupError}
 */
export function checkWritable(folder, what, instead) {
  try {
    // Private from its first moment: a folder that is made private later may have been opened before.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "unknown";
    /** @type {Record<string, string>} */
    const reasons = {
      EACCES: "this user has no permission",
      EROFS: "its file system is read-only",
      ENOSPC: "its disk is full",
      EEXIST: "it is not a folder",
      ENOTDIR: "a file is in the way",
    };
    throw new SetupError(`Cannot write to ${what} ${folder} (${reasons[code] ?? code}): ${instead}`);
  }
}

/** @param {string} [named] the folder from the command line; default: the setting */
export function checkDataFolder(named) {
  checkWritable(
    dataFolder(named),
    "the data folder",
    "make it writable for this user, or set BANYAN_DATA_DIR to another folder.",
  );
}

/** @param {string} home the launcher's folder */
export function checkHome(home) {
  checkWritable(home, "the launcher's folder", "set BANYAN_HOME to a folder that this user can write.");
}

export function checkProjectFolder(root = ROOT) {
  checkWritable(
    root,
    "the project folder",
    "make it writable for this user, because installing and building write there, or copy the project elsewhere.",
  );
}

/** Returns what an install depends on: the locked versions, and the binary interface (ABI) of native modules. */
function wanted(/** @type {string} */ root) {
  const lock = createHash("sha256")
    .update(readFileSync(path.join(root, LOCK_FILE)))
    .digest("hex");
  return `${lock} abi${process.versions.modules} ${process.platform}-${process.arch}\n`;
}

/** @param {string} root @returns {boolean} whether node_modules matches the lock file and this Node; takes about 1 ms */
export function isInstalled(root = ROOT) {
  try {
    return readFileSync(path.join(root, MARKER), "utf8").includes(wanted(root));
  } catch {
    return false;
  }
}

/** Writes down that the install is whole for this Node; those of others stay, as their modules do. @param {string} root */
function mark(root) {
  const marker = path.join(root, MARKER);
  const before = existsSync(marker) ? readFileSync(marker, "utf8") : "";
  const [lock = ""] = wanted(root).split(" ");
  const others = before.split("\n").filter((line) => line.startsWith(`${lock} `) && `${line}\n` !== wanted(root));
  writeFileSync(`${marker}.new`, others.map((line) => `${line}\n`).join("") + wanted(root));
  renameSync(`${marker}.new`, marker);
}

/**
 * Whether npm has installed exactly the locked versions, as after `npm ci` by hand, also with `--omit=dev`: building and
 * serving need no development dependency. npm writes its own copy of the lock last, so an interrupted install has no copy.
 * @param {string} root
 */
function matchesLock(root) {
  try {
    const locked = JSON.parse(readFileSync(path.join(root, LOCK_FILE), "utf8")).packages;
    const present = JSON.parse(readFileSync(path.join(root, "node_modules/.package-lock.json"), "utf8")).packages;
    for (const [name, entry] of Object.entries(locked)) {
      const mayBeMissing = entry.optional || entry.dev || entry.devOptional;
      if (name === "" || (mayBeMissing && !present[name])) continue;
      if (present[name]?.version !== entry.version || present[name]?.integrity !== entry.integrity) return false;
    }
    return Object.keys(present).every((name) => locked[name]);
  } catch {
    return false;
  }
}

/**
 * Whether the packages that only tests and tools need are missing, as after `npm ci --omit=dev` or `npm prune --omit=dev`.
 * @param {string} root
 */
export function lacksDevelopment(root = ROOT) {
  const { devDependencies = {} } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.keys(devDependencies).some((name) => !existsSync(path.join(root, "node_modules", name)));
}

/**
 * Installs the dependencies when they are missing or have other versions. When several processes call it, one installs
 * and the others wait. An interrupted install is repeated, because the marker is written last.
 * @param {string} root
 * @param {{ forDevelopment?: boolean, meanwhile?: Work }} options forDevelopment: what tests and tools need is installed,
 *   too; meanwhile: work that needs the packages, but not the SQLite module, which may still be compiled
 * @throws {SetupError}
 */
export async function ensureInstalled(root = ROOT, { forDevelopment = false, meanwhile = async () => {} } = {}) {
  const isComplete = () => !(forDevelopment && lacksDevelopment(root));
  if (IS_PACKAGE && root === ROOT) return ensurePackagedModule(root);
  if (isInstalled(root) && isComplete()) return;
  checkProjectFolder(root);
  const modules = path.join(root, "node_modules");
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError(
      `${modules} is a link, and installing through it would empty its target folder: remove the link, then start again.`,
    );
  }
  await withLock(path.join(root, "dist/.install.lock"), "installing the dependencies", async (addOwner) => {
    if (isInstalled(root) && isComplete()) return;
    if (!isComplete() || !matchesLock(root)) await install(root, addOwner, meanwhile);
    else if ((await nativeModuleFault(root)) !== undefined) await addSqliteModule(root, addOwner, meanwhile);
    else adoptSqliteModule(root);
    linkCommand(root);
    mark(root);
  });
}

/**
 * Makes sure that an installed package has the SQLite module for this Node: it brings those for the usual ones.
 * @param {string} root
 */
async function ensurePackagedModule(root) {
  const file = sqliteModuleFile(root);
  if (existsSync(file)) return;
  checkProjectFolder(root);
  await withLock(path.join(root, "dist/.install.lock"), "making the SQLite module", async (addOwner) => {
    if (existsSync(file)) return;
    const { node, modules } = process.versions;
    say(
      `This package has no SQLite module for Node ${node} (ABI ${modules}) on ${process.platform}-${process.arch}: making it …`,
    );
    if (!hasSqliteModule(root)) await makeSqliteModule(root, { addOwner, signal: new AbortController().signal });
    placeSqliteModule(root);
  });
}

/**
 * Installs the packages, and at the same time the SQLite module: compiling it takes longer than all the rest.
 * @param {string} root @param {(pid: number) => void} addOwner @param {Work} meanwhile
 */
async function install(root, addOwner, meanwhile) {
  say("Installing the dependencies (about a minute the first time) …");
  const isKept = hasSqliteModule(root);
  await together(
    async (signal) => {
      await installPackagesWithoutScripts(root, { addOwner, signal });
      await meanwhile(signal);
    },
    async (signal) => {
      if (!isKept) await makeSqliteModule(root, { addOwner, signal });
    },
  );
  await settleSqliteModule(root, isKept, addOwner);
}

/**
 * Adds the module for this Node to packages that are there: another Node has installed them, and may be using them.
 * @param {string} root @param {(pid: number) => void} addOwner @param {Work} meanwhile
 */
async function addSqliteModule(root, addOwner, meanwhile) {
  say(`Adding the SQLite module for Node ${process.versions.node} …`);
  const isKept = hasSqliteModule(root);
  await together(meanwhile, async (signal) => {
    if (!isKept) await makeSqliteModule(root, { addOwner, signal });
  });
  await settleSqliteModule(root, isKept, addOwner);
}

/**
 * Puts the module in its place. One that was kept from an earlier install and does not load is made again.
 * @param {string} root @param {boolean} isKept @param {(pid: number) => void} addOwner
 */
async function settleSqliteModule(root, isKept, addOwner) {
  placeSqliteModule(root);
  let fault = await nativeModuleFault(root);
  if (fault && isKept) {
    dropSqliteModule(root);
    await makeSqliteModule(root, { addOwner, signal: new AbortController().signal });
    placeSqliteModule(root);
    fault = await nativeModuleFault(root);
  }
  if (!fault) return;
  dropSqliteModule(root);
  throw new SetupError(
    `${fault}\nThe SQLite module is installed but does not load (see above): run \`npm rebuild better-sqlite3\` to see why, then start again.`,
  );
}

/**
 * Runs all works at once. When one fails, the others are aborted, and their failures are not reported.
 * @param {Work[]} works
 */
async function together(...works) {
  const stop = new AbortController();
  const results = await Promise.allSettled(
    works.map(async (work) => {
      try {
        await work(stop.signal);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    }),
  );
  if (results.some(({ status }) => status === "rejected")) throw stop.signal.reason;
}

/**
 * Installs without scripts. Only the SQLite module needs its install script; the other packages contain their programs.
 * @param {string} root @param {Run} run
 */
async function installPackagesWithoutScripts(root, { addOwner, signal }) {
  // npm removes the packages first, which a build may still read: that of a killed start, or of a start before a pull.
  await withLock(path.join(root, BUILD_LOCK), "building", async (addBuildOwner) => {
    const addOwnerOfBoth = (/** @type {number} */ pid) => {
      addOwner(pid);
      addBuildOwner(pid);
    };
    const [flags, run] = [["--include=dev", "--ignore-scripts"], { addOwner: addOwnerOfBoth, signal }];
    const isDone = await installAddressed(root, [...flags, ...(await certificateFlags(root, run))], run);
    if (!isDone) await npmCi(root, flags, run);
  });
}

/** @param {string} root @param {Run} run @returns {Promise<void>} */
async function makeSqliteModule(root, run) {
  const folder = sqliteFolder(root);
  const flags = ["--ignore-scripts=false", ...(await certificateFlags(root, run))];
  try {
    await npmCi(folder, flags, run);
  } catch (error) {
    const compilers = missingCompilers();
    if (compilers.length === 0 || run.signal.aborted) throw error;
    await installPackages(compilers, "no prebuilt SQLite module is available, and compiling it needs a compiler");
    await npmCi(folder, flags, run);
  }
  keepSqliteModule(root);
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

/** Links the command into node_modules/.bin, where `npx banyan` looks for it. @param {string} root */
function linkCommand(root) {
  const link = path.join(root, "node_modules/.bin/banyan");
  if (existsSync(link)) return;
  mkdirSync(path.dirname(link), { recursive: true });
  try {
    symlinkSync("../../scripts/banyan.mjs", link);
  } catch (error) {
    // Without the link npx still finds the command, but slower.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") say(`Cannot create the link ${link}: ${error}`);
  }
}
