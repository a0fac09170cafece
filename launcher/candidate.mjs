/** Makes a release from a tree of sources: builds and tries it behind walls, without network, and keeps exactly what was built. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
} from "node:fs";
import path from "node:path";
import { closedCell, runToEnd } from "./cell.mjs";
import { heldOutFolder } from "./home.mjs";
import { startLimits } from "./limits.mjs";
import { depsNamed, depsOf, folderOf, MANIFEST, removeLeftOut, sealRelease } from "./releases.mjs";
import { extract, plain } from "./source.mjs";
import { permanentOf } from "./state.mjs";

/** @typedef {import("./state.mjs").Release} Release */

const PART_BYTES = 64 * 1024;

/**
 * @typedef {object} Rehearsal
 * @property {string | null} problem goes on after "it"
 * @property {string[]} leftOut held-out tests that fail on the permanent release, too
 */

/**
 * Builds a release and lets it show that it works. Resolves with why it does not, which continues a sentence after
 * "It".
 * @param {import("./main.mjs").Launcher} launcher @param {Release} release its tree is in the launcher's repository
 * @returns {Promise<{ why: string } | { deps: string, bytes: string }>}
 */
export async function makeCandidate(launcher, release) {
  const { home, limits, state } = launcher;
  const made = await buildCandidate(home, release, limits);
  const permanent = permanentOf(state);
  if ("why" in made) return { why: plain(made.why) };
  if (!permanent) return made;
  launcher.note("rehearse", { release });
  const { problem, leftOut } = await rehearse(home, { permanent, release: { ...release, ...made } }, limits);
  if (leftOut.length > 0)
    launcher.note("rehearse", {
      release,
      why: `Left out, because the permanent release fails them, too: ${leftOut.join(", ")}.`,
    });
  return problem === null ? made : { why: plain(problem) };
}

/**
 * The packages are those of an earlier release: a change of the lock file needs the network and install scripts, which
 * only a person starts.
 * @param {string} home @param {Release} release @param {{ buildMs: number }} limits
 * @returns {Promise<{ why: string } | { deps: string, bytes: string }>}
 */
async function buildCandidate(home, release, { buildMs }) {
  /** @type {{ deps: string, why?: string | undefined }} */
  const made = { deps: "" };
  await sealRelease(home, release, async (part) => {
    await extract(home, release.tree ?? "", part);
    made.why = strangeIn(part, [...OWN_NAMES, "node_modules"]);
    if (made.why !== undefined) return null;
    made.deps = depsNamed(part);
    if (!existsSync(depsOf(home, made))) {
      made.why = "changes package-lock.json, and only a person's start installs packages: take it with `git pull`";
      return null;
    }
    const problem = await build(part, path.join(depsOf(home, made), "node_modules"), buildMs);
    made.why = problem === null ? strangeIn(part, OWN_NAMES) : `could not be built: ${problem}`;
    if (made.why === undefined) removeLeftOut(part);
    return made.why === undefined ? made.deps : null;
  });
  if (made.why !== undefined) return { why: made.why };
  return { deps: made.deps, bytes: digestOf(folderOf(home, release)) };
}

/** Names that the launcher writes itself. */
const OWN_NAMES = [MANIFEST];

/**
 * Searches for files that a release may not hold: a link could lead the launcher or a release to other files, and the
 * digest of a release says nothing about pipes and sockets.
 * @param {string} folder @param {readonly string[]} ownNames @returns {string | undefined} the problem, which goes on
 * after "It"
 */
export function strangeIn(folder, ownNames) {
  const own = ownNames.find((name) => lstatSync(path.join(folder, name), { throwIfNoEntry: false }));
  if (own !== undefined) return `has a file or folder named ${own}, which the launcher makes itself`;
  const strange = namesIn(folder).find((name) => !lstatSync(path.join(folder, name)).isFile());
  return strange === undefined ? undefined : `holds ${JSON.stringify(strange)}, which is neither a file nor a folder`;
}

const ENV = { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: "/tmp", NODE_ENV: /** @type {const} */ ("production") };

/** @param {string} folder @param {string} packages @param {number} buildMs @returns {Promise<string | null>} the end of what the build said */
async function build(folder, packages, buildMs) {
  mkdirSync(path.join(folder, "node_modules"), { recursive: true });
  const command = [process.execPath, path.join(folder, "scripts", "build-release.mjs")];
  const place = {
    writable: [folder],
    packages: { from: packages, to: path.join(folder, "node_modules") },
    cwd: folder,
  };
  const { status, said, isLate } = await runToEnd(closedCell(place, command), { cwd: "/", env: ENV, limitMs: buildMs });
  if (isLate) return `it took longer than ${buildMs / 60_000} minutes`;
  if (status !== 0) return said.trim().slice(-500) || `status ${status}`;
  // The place of the packages while it was built.
  rmdirSync(path.join(folder, "node_modules"));
  return null;
}

/**
 * @param {string} home @param {{ permanent: Release, release: Release }} releases @param {import("./limits.mjs").Limits} limits
 * @returns {Promise<Rehearsal>}
 */
export async function rehearse(home, { permanent, release }, limits) {
  const { canaryMs, testMs, rehearsalMs } = limits;
  const program = path.join(import.meta.dirname, "rehearse.mjs");
  const folders = [permanent, release].flatMap((shown) => [folderOf(home, shown), depsOf(home, shown)]);
  const readOnly = [import.meta.dirname, ...folders, heldOutFolder(home)].filter((folder) => existsSync(folder));
  const sharesProcesses = process.getuid?.() === 0;
  const given = JSON.stringify({
    home,
    permanent,
    release,
    sharesProcesses,
    start: startLimits(limits),
    canaryMs,
    testMs,
  });
  const command = closedCell({ readOnly, cwd: "/tmp" }, [process.execPath, program, given]);
  const { told, said, isLate } = await runToEnd(command, { cwd: "/", env: ENV, limitMs: rehearsalMs });
  try {
    return JSON.parse(told);
  } catch {
    const why = isLate ? `it took longer than ${rehearsalMs / 60_000} minutes` : said.trim().slice(-500);
    return { problem: `did not come through its rehearsal: ${why}`, leftOut: [] };
  }
}

/** @param {string} folder @returns {string} a digest of every file and link, so that nobody starts other bytes than were built */
export function digestOf(folder) {
  const hash = createHash("sha256");
  const part = Buffer.alloc(PART_BYTES);
  for (const name of namesIn(folder).sort()) {
    const file = path.join(folder, name);
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) hash.update(`${name}\0>${readlinkSync(file)}\0`);
    else if (stat.isFile()) addFile(hash.update(`${name}\0${stat.size}\0`), file, part);
  }
  return hash.digest("hex");
}

/**
 * Reads a part at a time, because the launcher would keep the memory for the largest files of a build.
 * @param {import("node:crypto").Hash} hash @param {string} file @param {Buffer} part
 */
function addFile(hash, file, part) {
  const fd = openSync(file, "r");
  try {
    for (let bytes = readSync(fd, part); bytes > 0; bytes = readSync(fd, part)) hash.update(part.subarray(0, bytes));
  } finally {
    closeSync(fd);
  }
}

/**
 * Returns the paths of everything in a folder except folders. Node's own recursive listing follows links, and the
 * packages of a release, a gigabyte, are a link.
 * @param {string} folder @param {string} [below] @returns {string[]}
 */
function namesIn(folder, below = "") {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    return entry.isDirectory() ? namesIn(folder, name) : [name];
  });
}
