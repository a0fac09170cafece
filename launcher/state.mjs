/**
 * The launcher's state: one file, written by one process. A write goes to a temporary file first and keeps the state
 * before it as `state.json.1`, so that a kill or a power cut at any moment leaves a whole one. If both are unreadable,
 * the journal names the release that was permanent, and self-modification is halted until a person looks.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { readJournal } from "./journal.mjs";

/**
 * `trial`: runs, but may still be taken back. `permanent`: what starts. `retired`: was permanent. `bad`: never again.
 * @typedef {"trial" | "permanent" | "retired" | "bad"} ReleaseState
 *
 * @typedef {object} Release
 * @property {number} n
 * @property {ReleaseState} state
 * @property {string} contents a digest of what was built; the same contents are the same release
 * @property {string} deps the folder of its packages, below `deps/`
 * @property {string | null} commit
 * @property {string} madeAt ISO 8601
 * @property {string | null} why it is bad or was taken back; one sentence
 * @property {number | null} reads the highest level of a database that it reads; null before its first start
 * @property {number} tries how often it may still be started before it is permanent; one is taken before each start
 *
 * @typedef {object} State
 * @property {number} launch the number of the last launch
 * @property {number} next the number of the next release
 * @property {number | null} level of the database, as the last server told it
 * @property {string | null} halted why nothing is released any more; null when it may
 * @property {Release[]} releases the newest last
 */

/** @returns {State} */
export function emptyState() {
  return { launch: 0, next: 1, level: null, halted: null, releases: [] };
}

/** @param {State} state @returns {Release | null} */
export function permanentOf(state) {
  return state.releases.find((release) => release.state === "permanent") ?? null;
}

/** @param {string} home @returns {State} */
export function readState(home) {
  const file = path.join(home, "state.json");
  return readChecked(file) ?? readChecked(`${file}.1`) ?? stateOfJournal(home);
}

/** Returns only when the state would survive a power cut. @param {string} home @param {State} state */
export function writeState(home, state) {
  const file = path.join(home, "state.json");
  const text = JSON.stringify(state, null, 1);
  const temporary = `${file}.new`;
  const fd = openSync(temporary, "w", 0o600);
  writeSync(fd, `${JSON.stringify({ sha256: digest(text) })}\n${text}\n`);
  fsyncSync(fd);
  closeSync(fd);
  // A damaged state must not replace the last whole one.
  if (readChecked(file)) {
    rmSync(`${file}.1`, { force: true });
    linkSync(file, `${file}.1`);
  }
  renameSync(temporary, file);
  syncFolder(home);
}

/** @param {string} file @returns {State | null} null when it is missing, cut or changed by hand */
function readChecked(file) {
  try {
    const all = readFileSync(file, "utf8");
    const end = all.indexOf("\n");
    const text = all.slice(end + 1, -1);
    const { sha256 } = JSON.parse(all.slice(0, end));
    return sha256 === digest(text) ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** @param {string} home @returns {State} */
function stateOfJournal(home) {
  const journal = readJournal(home);
  const last = journal.findLast((line) => line.what === "permanent");
  if (!last?.release) return emptyState();
  const launches = journal.flatMap((line) => (typeof line.launch === "number" ? [line.launch] : []));
  const numbers = journal.flatMap((line) => (line.release ? [line.release.n] : []));
  return {
    ...emptyState(),
    launch: Math.max(0, ...launches),
    next: Math.max(0, ...numbers) + 1,
    halted: "state.json and state.json.1 were unreadable",
    releases: [{ ...last.release, state: /** @type {const} */ ("permanent") }],
  };
}

/** @param {string} text */
function digest(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @param {string} folder */
export function syncFolder(folder) {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
