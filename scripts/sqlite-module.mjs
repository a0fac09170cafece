import { createHash } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { PACKAGE_MARK } from "./places.mjs";

/**
 * The SQLite module. If there is no prebuilt module for this Node, npm compiles it, which takes as long as the rest of
 * an install. So it is made in its own folder, at the same time as the rest, and kept for the next install.
 */
const NAME = "better-sqlite3";
const BUILT = "build/Release/better_sqlite3.node";
/** The launcher copies none of it into a release. */
const FOLDER = "dist/native";

/** @typedef {{ version: string, integrity?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Locked */
/** @typedef {{ lockfileVersion: number, packages: Record<string, Locked> }} Lock */

/** npm puts no lock file into a package, so its mark holds this part. @param {string} root @returns {Lock} */
function readLock(root) {
  const mark = path.join(root, PACKAGE_MARK);
  if (existsSync(mark)) return JSON.parse(readFileSync(mark, "utf8")).lock;
  return JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
}

/** Returns the part of the lock file that the SQLite package needs. @param {string} root @returns {Lock} */
export function sqliteLock(root) {
  const { lockfileVersion, packages } = readLock(root);
  return { lockfileVersion, packages: packagesBelow(packages, NAME) };
}

/** Returns the file that keeps the module of the locked version for this Node. @param {string} root */
function keptFile(root) {
  const { version, integrity } = readLock(root).packages[`node_modules/${NAME}`] ?? {};
  const about = `${version} ${integrity} abi${process.versions.modules} ${process.platform}-${process.arch}`;
  return path.join(root, FOLDER, `${createHash("sha256").update(about).digest("hex").slice(0, 16)}.node`);
}

/** @param {string} root */
export function hasSqliteModule(root) {
  return existsSync(keptFile(root));
}

/** Forgets a module that does not load. @param {string} root */
export function dropSqliteModule(root) {
  rmSync(keptFile(root), { force: true });
}

/**
 * Returns the place of the module for a Node. Each has its own, where `bindings` looks, so that one checkout serves several.
 * @param {string} root @param {string} [abi] of the Node
 */
export function sqliteModuleFile(root, abi = process.versions.modules) {
  const folder = `node-v${abi}-${process.platform}-${process.arch}`;
  return path.join(root, "node_modules", NAME, "lib/binding", folder, path.basename(BUILT));
}

/** Puts the kept module in its place. @param {string} root */
export function placeSqliteModule(root) {
  const file = sqliteModuleFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  // Written to a new file, because a running process may have loaded the old one.
  rmSync(file, { force: true });
  copyFileSync(keptFile(root), file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // `bindings` prefers this one for every Node, and it fits only one.
  rmSync(path.join(root, "node_modules", NAME, BUILT), { force: true });
}

/** Moves a module that npm itself has made for this Node to its place. @param {string} root */
export function adoptSqliteModule(root) {
  const built = path.join(root, "node_modules", NAME, BUILT);
  if (!existsSync(built)) return;
  const file = sqliteModuleFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  renameSync(built, file);
}

/**
 * Returns a new folder in which `npm ci` installs the locked SQLite package alone, with its install script.
 * @param {string} root
 */
export function sqliteFolder(root) {
  const folder = path.join(root, FOLDER, "work");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { lockfileVersion, packages } = sqliteLock(root);
  const own = { name: "sqlite-module", dependencies: { [NAME]: packages[`node_modules/${NAME}`]?.version } };
  const lock = { name: own.name, lockfileVersion, requires: true, packages: { "": own, ...packages } };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...own, allowScripts: { [NAME]: true } }));
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
  // A link, because the settings may hold a token, which should not be in two places.
  if (existsSync(path.join(root, ".npmrc"))) symlinkSync(path.join(root, ".npmrc"), path.join(folder, ".npmrc"));
  return folder;
}

/** Keeps the module that was made in the folder, and removes the rest. @param {string} root */
export function keepSqliteModule(root) {
  const made = path.join(root, FOLDER, "work/node_modules", NAME, BUILT);
  for (const name of readdirSync(path.join(root, FOLDER)).filter((entry) => entry.endsWith(".node")))
    rmSync(path.join(root, FOLDER, name));
  renameSync(made, keptFile(root));
  rmSync(path.join(root, FOLDER, "work"), { recursive: true, force: true });
}

/**
 * Returns the entries of a lock that a package needs, at their places in the lock.
 * @param {Record<string, Locked>} packages @param {string} name
 */
export function packagesBelow(packages, name) {
  /** @type {Record<string, Locked>} */
  const found = {};
  /** @param {string} wanted @param {string} from the place of the package that needs it */
  const add = (wanted, from) => {
    const place = placeOf(packages, wanted, from);
    const locked = place === undefined ? undefined : packages[place];
    if (place === undefined || !locked || found[place]) return;
    found[place] = locked;
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(next, place);
  };
  add(name, "");
  return found;
}

/** Looks where Node does: in the package itself, then in each folder above. @param {Record<string, Locked>} packages @param {string} name @param {string} from */
function placeOf(packages, name, from) {
  for (let folder = from; ; ) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[place]) return place;
    if (folder === "") return undefined;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
}
