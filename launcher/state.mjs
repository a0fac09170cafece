/**
 * The launcher's state: one file, written by one process. A write goes to a temporary file first and keeps the state
 * before it as `state.json.1`, so that a kill or a power cut at any moment leaves a whole one. If both are unreadable,
 * the journal names the release that was permanent, and self-modification is halted until a person looks.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readJournal } from "./journal.mjs";

/**
 * `approved`: an agents' release that waits for its turn. `trial`: runs, but may still be taken back. `permanent`: what
 * starts. `retired`: was permanent. `bad`: never again. `dropped`: a person or a newer release came first.
 * @typedef {"approved" | "trial" | "permanent" | "retired" | "bad" | "dropped"} ReleaseState
 *
 * @typedef {object} Release
 * @property {number} n
 * @property {ReleaseState} state
 * @property {string} contents a digest of what was built; the same contents are the same release
 * @property {string} deps the folder of its packages, below `deps/`; empty before it is built
 * @property {string | null} commit
 * @property {string | null} title what it is: the title of agents' change, or the subject of a person's commit
 * @property {string | null} about why agents proposed it
 * @property {string} madeAt ISO 8601
 * @property {string | null} why it is bad or was dropped; one sentence
 * @property {number | null} reads the highest level of a database that it reads; null before its first start
 * @property {number} tries how often it may still be started before it is permanent; one is taken before each start
 * @property {string | null} tree its sources, in the launcher's repository; null for releases of an older launcher
 * @property {string | null} persons the sources of the person's checkout that it goes back to; equal to `tree` without agents' changes
 * @property {Proposal | null} proposal null for a person's release
 * @property {string | null} waits why it has not been tried yet, as a sentence
 * @property {string | null} bytes a digest of what the launcher built
 * @property {Trial | null} trial what its trial began with; null before
 * @property {number | null} former the release that it replaced, to which the launcher goes back
 * @property {boolean} isProved false for a person's release until it has served for a minute
 * @property {boolean} stale it was dropped because another release became permanent: the server may carry the change over
 * @property {boolean} needsApproval it was to be carried over, and is not what a person approved
 *
 * @typedef {object} Proposal what a person approved
 * @property {string} item the review item
 * @property {string} by who approved it
 * @property {string} gates the digest of what the gates said
 * @property {string} evidence the folder of it
 * @property {string} base the sources that it was checked on
 * @property {string[]} guardedFiles files that only a person at the machine may let through
 * @property {string | null} confirmedBy
 * @property {string | null} [judged] the commit for the whole gates, which run in its trial; null: they have all run before
 * @property {string[]} [flags] what the gates flagged; absent where an older launcher took it
 * @property {CarriedOver} [carried] absent: a person approved exactly this commit
 *
 * @typedef {object} CarriedOver
 * @property {string} from the commit that was dropped for it
 * @property {number} times how often since the approval
 * @property {{ tree: string, base: string }} approved the sources that a person approved, and those that they change
 *
 * @typedef {object} Trial
 * @property {string} schema a digest of the tables with which it began
 * @property {{ seq: number, hash: string } | null} audit the head of the audit log
 * @property {number} startedMs Unix time
 * @property {number} internalBefore tasks that failed for internal reasons in the day before
 * @property {number} memoryBefore bytes
 * @property {number} answerBeforeMs how slow the slow answers of the permanent release were
 * @property {number} cursor the last message that the permanent release wrote
 * @property {import("./probe.mjs").Walked[]} [pages] how the permanent release's pages answered a signed-in person
 * @property {string[]} [steps] what a canary of the permanent release did besides: "command", "approval"
 * @property {PageNumbers} [numbers] of its own pages so far
 * @property {number} [restarts] that it has asked for
 * @property {string} [whole] what the whole gates said, as a sentence; absent until they have passed it
 *
 * @typedef {object} PageNumbers of pages that the release before answered
 * @property {number} asked
 * @property {number} failed
 * @property {number} slowMs 95 % of the last answers were faster
 * @property {number} beforeMs the same of the release before
 *
 * @typedef {object} TakenBack what the permanent release has to put right after a trial; kept until it has
 * @property {number} n
 * @property {string} item
 * @property {string} why
 * @property {number} startedMs Unix time
 * @property {string} schema a digest of the tables as they have to be
 * @property {string | null} mended what was restored of the database, as a sentence; empty: nothing; null: not looked at yet, or it failed
 * @property {string | null} [fault] why it failed, as a sentence
 *
 * @typedef {object} State
 * @property {number} launch the number of the last launch
 * @property {number} next the number of the next release
 * @property {number | null} level of the database, as the last server told it
 * @property {string | null} halted why nothing is released any more; null when it may
 * @property {Release[]} releases the newest last
 * @property {TakenBack | null} takenBack
 * @property {string[]} agentsAt when agents' releases began, ISO 8601
 * @property {string[]} takenBackAt when agents' releases were taken back, ISO 8601
 */

/** @returns {State} */
export function emptyState() {
  const lists = { releases: [], agentsAt: [], takenBackAt: [] };
  return { launch: 0, next: 1, level: null, halted: null, takenBack: null, ...lists };
}

/** @param {number} n @returns {Release} */
export function newRelease(n) {
  const unknown = { commit: null, why: null, reads: null, tree: null, persons: null, waits: null, bytes: null };
  const said = { title: null, about: null };
  const about = { proposal: null, trial: null, tries: 2, madeAt: new Date().toISOString() };
  const carrying = { stale: false, needsApproval: false };
  const own = { n, state: /** @type {const} */ ("trial"), contents: "", deps: "", former: null, isProved: true };
  return { ...own, ...unknown, ...said, ...about, ...carrying };
}

/** @param {State} state @returns {Release | null} */
export function permanentOf(state) {
  return state.releases.find((release) => release.state === "permanent") ?? null;
}

/**
 * Returns the newest release that served and holds nothing by agents: neither as their own release nor merged.
 * @param {readonly Release[]} releases
 */
export function ownOf(releases) {
  const served = releases.filter(({ state }) => state === "permanent" || state === "retired");
  return served.findLast(({ proposal, tree, persons }) => !proposal && tree === persons) ?? null;
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
  try {
    // Not `writeSync`, which writes only a part when the disk is full.
    writeFileSync(fd, `${JSON.stringify({ sha256: digest(text) })}\n${text}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
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
    if (sha256 !== digest(text)) return null;
    /** @type {State} */
    const state = { ...emptyState(), ...JSON.parse(text) };
    // An older launcher stored less about a release.
    return { ...state, releases: state.releases.map((release) => ({ ...newRelease(release.n), ...release })) };
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
