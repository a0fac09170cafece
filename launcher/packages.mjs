/**
 * Copies what a release reads of a checkout's packages into home. Files that an earlier copy holds byte for byte are linked
 * to it, because a new version changes megabytes of a gigabyte. Nothing is linked to the checkout, whose files change.
 */
import { execFile } from "node:child_process";
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { homesOf } from "./home.mjs";

const run = promisify(execFile);
const NAME = "node_modules";
/**
 * Nothing reads these files, which are a fifth of all bytes: no server is started with `--enable-source-maps`, and documents
 * of packages are for people. Licences stay.
 */
const UNREAD = /\.map$|^(readme|changelog|changes|history|contributing)\.(md|markdown)$/i;

/**
 * In a process of its own, because it reads two gigabytes while the launcher has to answer.
 * @param {string} home @param {string} checkout @param {string} into a folder that gets `node_modules`
 */
export async function copyPackages(home, checkout, into) {
  const program = fileURLToPath(import.meta.url);
  await run(process.execPath, [program, path.join(checkout, NAME), path.join(into, NAME), ...copiesOf(home)]);
}

/** Returns the packages of earlier versions, also those of other data folders, newest first. @param {string} home @returns {string[]} */
function copiesOf(home) {
  const covered = homesOf(home);
  const homes = covered === home ? [home] : readdirSync(covered).map((name) => path.join(covered, name));
  return homes
    .map((home) => path.join(home, "deps"))
    .filter((deps) => existsSync(deps))
    .flatMap((deps) => readdirSync(deps).map((name) => path.join(deps, name)))
    .filter((folder) => !folder.endsWith(".part") && existsSync(path.join(folder, NAME)))
    .sort((a, b) => lstatSync(b).mtimeMs - lstatSync(a).mtimeMs)
    .map((folder) => path.join(folder, NAME));
}

/** @param {string} from @param {string} into @param {readonly string[]} copies folders with what was copied before */
function copyFolder(from, into, copies) {
  mkdirSync(into);
  const near = copies.filter((folder) => existsSync(folder));
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile() && UNREAD.test(entry.name)) continue;
    const file = path.join(from, entry.name);
    const to = path.join(into, entry.name);
    if (entry.isDirectory())
      copyFolder(
        file,
        to,
        near.map((folder) => path.join(folder, entry.name)),
      );
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(file), to);
    else if (entry.isFile() && !near.some((folder) => linkSame(path.join(folder, entry.name), file, to)))
      copyFile(file, to);
  }
}

/** @param {string} known @param {string} file @param {string} to @returns {boolean} whether the copy is the same, and linked now */
function linkSame(known, file, to) {
  const before = lstatSync(known, { throwIfNoEntry: false });
  const stat = lstatSync(file);
  const isAlike = before?.isFile() && before.size === stat.size && isProgram(before) === isProgram(stat);
  if (!isAlike || !readFileSync(known).equals(readFileSync(file))) return false;
  try {
    linkSync(known, to);
    return true;
  } catch {
    // Another file system, or more links than this one counts.
    return false;
  }
}

/** @param {import("node:fs").Stats} stat */
function isProgram({ mode }) {
  return (mode & 0o111) !== 0;
}

/** @param {string} file @param {string} to */
function copyFile(file, to) {
  const { mode, atime, mtime } = lstatSync(file);
  copyFileSync(file, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  chmodSync(to, mode);
  utimesSync(to, atime, mtime);
}

const [, program = "", from = "", into = "", ...copies] = process.argv;
if (import.meta.url === pathToFileURL(program).href) copyFolder(from, into, copies);
