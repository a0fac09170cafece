/** One look at a release on trial: does it answer as itself, does a task go through it, do its rows hold? */
import { readFileSync } from "node:fs";
import { request } from "node:http";

/** @typedef {import("./probe.mjs").Look} Look @typedef {import("./state.mjs").Trial} Trial @typedef {import("./limits.mjs").Limits} Limits */

/**
 * @typedef {{ host: string, port: number }} Address
 * @typedef {{ instance: string, release: number, schema: string, level: number }} Expected
 * @typedef {{ problem: string | null, answerMs: number }} Answer
 */

const LONGEST_ANSWER_MS = 5_000;
const MOST_BYTES = 1_000_000;
/** Fewer answers do not tell a trend from chance. */
const LEAST_ANSWERS = 5;
const TIMES_SLOWER = 3;
const TIMES_MORE = 2;

/**
 * Asks as a browser does: `/health`, the page for signing in with one of its files, and the socket.
 * @param {Address} address @param {Expected} expected @returns {Promise<Answer>}
 */
export async function askPages(address, expected) {
  const startedMs = performance.now();
  try {
    const health = JSON.parse((await get(address, "/health")).text);
    const answerMs = performance.now() - startedMs;
    if (health.status !== "ok") return { problem: `says in /health: ${String(health.status).slice(0, 200)}`, answerMs };
    for (const name of /** @type {const} */ (["instance", "release", "schema", "level"]))
      if (health[name] !== expected[name]) return { problem: `another ${name} answers in /health`, answerMs };
    const page = await get(address, "/signin");
    const file = /(?:src|href)="(\/_next\/static\/[^"]+)"/.exec(page.text)?.[1];
    if (file === undefined) return { problem: "shows no page for signing in", answerMs };
    await get(address, file.replaceAll("&amp;", "&"));
    // It refuses clients that are not signed in, which counts as an answer.
    await get(address, "/live/?EIO=4&transport=polling", [200, 400, 403]);
    return { problem: null, answerMs };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    return { problem: `did not answer: ${message}`, answerMs: performance.now() - startedMs };
  }
}

/** @param {Address} address @returns {string} */
export function urlOf({ host, port }) {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** @param {Address} address @param {string} path @param {number[]} [fine] statuses @returns {Promise<{ text: string }>} */
function get({ host, port }, path, fine = [200]) {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, agent: false, timeout: LONGEST_ANSWER_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (text.length > MOST_BYTES) asked.destroy(new Error(`${path} is too long`));
      });
      response.on("end", () =>
        fine.includes(response.statusCode ?? 0)
          ? resolve({ text })
          : reject(new Error(`${path} has status ${response.statusCode}`)),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error(`${path} took longer than ${LONGEST_ANSWER_MS / 1_000} s`)));
    asked.on("error", reject).end();
  });
}

/**
 * Returns a fault for which the release is taken back at once. The sentence continues after "the release".
 * @param {Look | { fault: string }} reading @param {Trial} trial @param {boolean} isFull whether the canary had all to
 * do @returns {string | null}
 */
export function worseAtOnce(reading, trial, isFull) {
  if ("fault" in reading) return `left a database that cannot be read: ${reading.fault}`;
  if (reading.schema !== trial.schema) return "changed the tables of the database";
  if (!reading.auditHolds) return "changed the audit log";
  if (reading.broken > 0) return "wrote a log that cannot be read";
  if (reading.unfolded !== null) return `wrote a log that the release before it cannot read (task ${reading.unfolded})`;
  // A canary waits like any task while everything is paused, and while all slots are taken.
  const mayWait = reading.halted || reading.free === 0;
  if (reading.canary === "done") return isFull ? missedStep(reading, trial) : null;
  if (mayWait && reading.canary !== "failed") return null;
  return `did not finish a small task (${reading.canary}${whereIn(reading)})`;
}

/**
 * Returns what a canary of the release before also did, and this canary did not.
 * @param {Look} look @param {Trial} trial @returns {string | null}
 */
function missedStep({ command, approval }, { steps = [] }) {
  if (steps.includes("command") && command !== "done")
    return "ran no command in a small task, as the release before it does";
  if (steps.includes("approval") && approval !== "done")
    return approval === "none"
      ? "asked nobody for an approval that the release before it asks for"
      : "went on in a small task without the approval that it asked for";
  return null;
}

/** @param {Look} look */
function whereIn({ command, approval }) {
  if (command === "open") return ": its command did not return";
  return approval === "open" ? ": it did not go on after an approval" : "";
}

/** The pages that the release before answered. @param {Look} look @param {Trial} trial */
export function comparable({ pages }, { pages: before = [] }) {
  return (pages ?? []).filter(({ name }) => before.some((page) => page.name === name && page.status === 200));
}

/**
 * Returns which pages no longer answer a signed-in person.
 * @param {import("./probe.mjs").Walked[]} pages @returns {string | null}
 */
export function brokenPages(pages) {
  const broken = pages.filter(({ status }) => status !== 200);
  if (broken.length === 0) return null;
  const said = broken.map(({ name, status }) => `${name} (${status === 0 ? "no answer" : `status ${status}`})`);
  return `does not show to signed-in people what the release before it shows: ${said.join(", ")}`;
}

/**
 * Returns which figures are worse than before.
 * @param {{ look: Look, trial: Trial, answersMs: number[], memory: number, numbers: import("./state.mjs").PageNumbers }} seen
 * @param {Limits} limits @returns {string | null}
 */
export function worseByCount(
  { look: reading, trial, answersMs, memory, numbers },
  { fewInternal, quickMs, smallBytes },
) {
  const { asked, failed, slowMs, beforeMs } = numbers;
  if (failed >= fewInternal) return `failed ${failed} of ${asked} requests of a signed-in person (before: none)`;
  if (slowMs > quickMs && slowMs > TIMES_SLOWER * beforeMs)
    return `shows pages to signed-in people in ${slowMs} ms (before: ${beforeMs} ms)`;
  if (reading.internal >= fewInternal && reading.internal > TIMES_MORE * trial.internalBefore)
    return `failed ${reading.internal} tasks for internal reasons (in the day before: ${trial.internalBefore})`;
  const slow = slowOf(answersMs);
  if (answersMs.length >= LEAST_ANSWERS && slow > quickMs && slow > TIMES_SLOWER * trial.answerBeforeMs)
    return `answers in ${Math.round(slow)} ms (before: ${Math.round(trial.answerBeforeMs)} ms)`;
  if (memory > smallBytes && memory > TIMES_MORE * trial.memoryBefore)
    return `uses ${Math.round(memory / 1e6)} MB of memory (before: ${Math.round(trial.memoryBefore / 1e6)} MB)`;
  return null;
}

/** @param {readonly number[]} times @returns {number} the 95th percentile; 0 for none */
export function slowOf(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

/** @param {number | undefined} pid of the server or of the wall around it @returns {number} bytes that the server uses, without what agents run; 0 where the system does not tell */
export function memoryOf(pid) {
  if (pid === undefined) return 0;
  const status = statusOf(String(pid));
  const [, name = ""] = /^Name:\s+(.*)$/m.exec(status) ?? [];
  if (name === "bwrap") return memoryOf(childrenOf(pid)[0]);
  const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  return childrenOf(pid)
    .filter(isSide)
    .reduce((sum, side) => sum + memoryOf(side), own);
}

/** Whether the process is one side of a server in two processes; all others are what agents run. @param {number} pid */
function isSide(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("/dist/server.mjs\0");
  } catch {
    return false;
  }
}

/** @param {number} pid */
function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    // It has just ended.
    return [];
  }
}

/** @param {string} pid */
function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // It has just ended.
    return "";
  }
}
