/**
 * Fills the folders of releases, from what a person has built in the checkout, and removes old ones. A release never
 * changes, but for the link to its packages when another Node is to run it.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { realPath } from "./home.mjs";
import { copyPackages } from "./packages.mjs";
import { say } from "./say.mjs";
import { saidBy, treeOf } from "./source.mjs";
import { newRelease, ownOf, syncFolder } from "./state.mjs";

const run = promisify(execFile);

/** @typedef {import("./state.mjs").Release} Release */

/**
 * The parts of a checkout that do not belong in a release: packages, git's own files, data, secrets, leftovers of
 * tools, and the launcher's own file name.
 */
const LEFT_OUT = /^(node_modules|\.git|manifest\.json|data|test-results|coverage|\.env.*|\.npmrc|.*\.tsbuildinfo)$/;
/** Files below these folders that only the build needs. */
const LEFT_OUT_BELOW = /** @type {Record<string, RegExp>} */ ({
  ".next": /^(cache|dev|trace.*|diagnostics)$/,
  dist: /^(run|bench|native|\.build\..*lock.*)$/,
});
/** Tells the server which release it is. */
export const MANIFEST = "manifest.json";
/** Kept besides the permanent release. */
const KEPT = 7;
/** What native modules are made for. */
const PLATFORM = `${process.platform}-${process.arch}-${process.versions.modules}`;

/** @param {string} home @param {Pick<Release, "n">} release */
export function folderOf(home, { n }) {
  return path.join(home, "releases", String(n));
}

/** @param {string} home @param {Pick<Release, "deps">} release */
export function depsOf(home, { deps }) {
  return path.join(home, "deps", deps);
}

/**
 * Returns the paths in the checkout, relative to it, that are a server's data by their place, whatever their name is.
 * @param {Pick<import("./main.mjs").Start, "checkout" | "data" | "apart">} start @returns {string[]}
 */
export function apartIn({ checkout, data, apart = [] }) {
  const root = realPath(checkout);
  return [data, ...apart].flatMap((place) => {
    const below = path.relative(root, realPath(place));
    if (below === "" || below.startsWith("../")) return [];
    // Of a database also what SQLite keeps beside it.
    return ["", "-wal", "-shm", "-journal"].map((suffix) => `${below}${suffix}`);
  });
}

/**
 * Copies what is built in the checkout. Nothing is linked to the checkout, so later changes there do not change a
 * release.
 * @param {string} home @param {Pick<import("./main.mjs").Start, "checkout" | "data" | "apart">} start
 * @param {{ n: number, contents: string }} named @returns {Promise<Release>}
 */
export async function makeRelease(home, start, { n, contents }) {
  const { checkout } = start;
  const commit = await commitOf(checkout);
  const { title } = await saidBy(home, path.join(checkout, ".git"), commit);
  const made = { ...newRelease(n), contents, commit, title, deps: await keepPackages(home, checkout) };
  await sealRelease(home, made, async (part) => {
    await copySome(checkout, part, { apart: apartIn(start) });
    return made.deps;
  });
  const tree = await treeOf(home, folderOf(home, made));
  return { ...made, tree, persons: tree };
}

/**
 * Copies what is below a folder of the checkout: as a whole, where nothing of it is left out.
 * @param {string} from @param {string} into @param {{ apart: string[], below?: string }} place `below`: the folder, relative to the checkout
 */
async function copySome(from, into, { apart, below = "" }) {
  const leftOut = below === "" ? LEFT_OUT : LEFT_OUT_BELOW[below];
  for (const name of readdirSync(from).filter((entry) => !leftOut?.test(entry))) {
    const at = path.join(below, name);
    if (apart.includes(at)) continue;
    const isSplit = LEFT_OUT_BELOW[at] || apart.some((folder) => folder.startsWith(`${at}/`));
    if (!isSplit || !lstatSync(path.join(from, name)).isDirectory()) {
      await copy(path.join(from, name), into);
      continue;
    }
    mkdirSync(path.join(into, name));
    await copySome(path.join(from, name), path.join(into, name), { apart, below: at });
  }
}

/** Removes the files that a copy of a person's build would leave out from a build made here. @param {string} folder */
export function removeLeftOut(folder) {
  for (const [below, leftOut] of Object.entries(LEFT_OUT_BELOW)) {
    const names = existsSync(path.join(folder, below)) ? readdirSync(path.join(folder, below)) : [];
    for (const name of names.filter((entry) => leftOut.test(entry)))
      rmSync(path.join(folder, below, name), { recursive: true, force: true });
  }
}

/** @param {string} folder with a lock file @returns {string} the name of the packages that it needs on this machine */
export function depsNamed(folder) {
  const lock = readFileSync(path.join(folder, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex").slice(0, 16)}-${PLATFORM}`;
}

/** @param {Pick<Release, "deps">} release @returns {boolean} whether its packages are for this Node; also before it has any */
export function runsHere({ deps }) {
  return deps === "" || deps.endsWith(`-${PLATFORM}`);
}

/** @param {Pick<Release, "deps">} release @returns {string} the name of the same packages for this Node */
export function hereNamed({ deps }) {
  return `${deps.slice(0, deps.indexOf("-"))}-${PLATFORM}`;
}

/** Links a release to other packages. @param {string} home @param {Pick<Release, "n">} release @param {string} deps */
export function linkPackages(home, release, deps) {
  const folder = folderOf(home, release);
  if (!existsSync(folder)) return;
  const link = path.join(folder, "node_modules");
  chmodSync(folder, 0o700);
  rmSync(`${link}.new`, { force: true });
  symlinkSync(packagesFrom(home, release, deps), `${link}.new`);
  renameSync(`${link}.new`, link);
  chmodSync(folder, 0o500);
  syncFolder(folder);
}

/** @param {string} home @param {Pick<Release, "n">} release @param {string} deps @returns {string} the path of packages from the release's folder */
function packagesFrom(home, release, deps) {
  return path.relative(folderOf(home, release), path.join(depsOf(home, { deps }), "node_modules"));
}

/**
 * Fills a release's folder, read-only and linked to its packages. `fill` resolves with their name, or null to leave nothing.
 * @param {string} home @param {Release} release @param {(part: string) => Promise<string | null>} fill
 */
export async function sealRelease(home, release, fill) {
  const folder = folderOf(home, release);
  await copyWhole(folder, async (part) => {
    const deps = await fill(part);
    if (deps === null) return false;
    symlinkSync(packagesFrom(home, release, deps), path.join(part, "node_modules"));
    // Fails if the name exists, like creating a link: the content of the folder must not decide where the launcher
    // writes.
    const manifest = `${JSON.stringify({ ...release, deps }, null, 1)}\n`;
    writeFileSync(path.join(part, MANIFEST), manifest, { flag: "wx" });
    return true;
  });
}

/** Copies the packages of the checkout into home, if they are not there. @param {string} home @param {string} checkout @returns {Promise<string>} their name */
export async function keepPackages(home, checkout) {
  const deps = depsNamed(checkout);
  const folder = depsOf(home, { deps });
  if (existsSync(folder)) return deps;
  await copyWhole(folder, async (part) => {
    await copyPackages(home, checkout, part);
    return true;
  });
  return deps;
}

/** @param {string} folder @returns {string} where it is filled */
function partOf(folder) {
  return `${folder}.part`;
}

/** Fills a folder that appears complete or not at all, also after a power cut. @param {string} folder @param {(part: string) => Promise<boolean>} fill false: nothing is left */
async function copyWhole(folder, fill) {
  const part = partOf(folder);
  await remove(part);
  await remove(folder);
  mkdirSync(part, { recursive: true, mode: 0o700 });
  if (!(await fill(part))) return remove(part);
  await run("chmod", ["-R", "a-w", part]);
  await run("sync", process.platform === "linux" ? ["-f", part] : []);
  // A folder must be writable to be renamed on some file systems.
  chmodSync(part, 0o700);
  renameSync(part, folder);
  chmodSync(folder, 0o500);
  syncFolder(path.dirname(folder));
}

/** @param {string} from @param {string} into a folder */
async function copy(from, into) {
  // Without copying where the file system can share blocks, as Linux' own cp can tell it.
  const share = process.platform === "linux" ? ["--reflink=auto"] : [];
  await run("cp", ["-a", ...share, from, into]);
}

/** @param {string} folder */
async function remove(folder) {
  if (!existsSync(folder)) return;
  // The folders only: files may be linked to those of other packages, which stay read-only.
  await run("find", [folder, "-type", "d", "-exec", "chmod", "u+w", "{}", "+"]);
  rmSync(folder, { recursive: true, force: true });
}

/** As in `agents/boot/commit.ts`, which this may not import. @param {string} checkout @returns {Promise<string | null>} null for an archive without git */
export async function commitOf(checkout) {
  try {
    const { stdout } = await run("git", ["-C", checkout, "rev-parse", "HEAD"]);
    return stdout.trim();
  } catch {
    return null;
  }
}

/** @param {readonly Release[]} releases @returns {Release[]} those that stay: so many retired ones, the person's own for its command line, and all others */
export function withoutOld(releases) {
  const retired = releases.filter(({ state }) => state === "retired");
  const dropped = retired.slice(0, Math.max(0, retired.length - KEPT));
  const own = ownOf(releases);
  return releases.filter((release) => release === own || !dropped.includes(release));
}

/** Removes the files of releases that are no longer kept, and part files, except those of a release that may be built just now. What cannot be removed stays. @param {string} home @param {readonly Release[]} releases */
export async function removeOld(home, releases) {
  // A bad release is remembered by its contents; its files are not needed.
  const kept = releases
    .filter(({ state }) => !["bad", "dropped"].includes(state))
    .flatMap((release) => [folderOf(home, release), partOf(folderOf(home, release)), depsOf(home, release)]);
  for (const above of [path.join(home, "releases"), path.join(home, "deps")])
    for (const name of existsSync(above) ? readdirSync(above) : []) {
      const folder = path.join(above, name);
      if (kept.includes(folder)) continue;
      await remove(folder).catch((error) => say(`${folder} could not be removed: ${error.message.trim()}`));
    }
}
