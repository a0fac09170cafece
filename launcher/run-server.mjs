/** One run of a server: starts a release in its cell, talks with it over descriptor 4, and ends it. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { endCell, inCell } from "./cell.mjs";
import { startOf } from "./lock.mjs";
import { depsOf, folderOf } from "./releases.mjs";
import { say } from "./say.mjs";
import { machineFor, StartWatch } from "./start-watch.mjs";

/** Turns end within 30 s, then the server ends by itself. */
const STOP_LIMIT_MS = 60_000;
/** A server that a person stops for a while starts again by then. */
const MOST_REST_MS = 60_000;
const MOST_LINE_BYTES = 64 * 1024;
const MOST_NAME = 200;
/** How often a start is looked at within the time that it may be silent. */
const CHECKS = 90;
const MOST_SENTENCE = 500;

/** @param {number | null} status @returns {string} how a run ended that no signal ended */
export function endedWith(status) {
  return `ended with status ${status}`;
}

/**
 * @typedef {object} Place
 * @property {string} home
 * @property {string} checkout
 * @property {string} data
 * @property {string[]} argv options of the person's start, for each server
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} isInCell
 * @property {boolean} [sharesProcesses] see `CellPlan`
 * @property {import("./port.mjs").HeldPort | null} held
 * @property {import("./start-watch.mjs").StartLimits} start how long it may take to be ready
 *
 * @typedef {{ level: number, reads: number, url: string | null }} Ready
 * @typedef {{ type: "ready" } & Ready} ReadyLine it listens; again once it has raised the level of its database
 * @typedef {{ type: "ask", what: "restart" | "stop" | "halt" | "resume", by: string, restMs?: number }} AskLine
 *   `restMs`: a restart begins again after so long
 * @typedef {{ type: "release", item: string, commit: string, by: string, gates: string, evidence: string, carried?: string }} ReleaseLine
 *   `carried`: the approved commit that this one replaces
 * @typedef {{ type: "settled", n: number }} SettledLine the server has put right what a trial left
 * @typedef {{ type: "drained", busy: string | null }} DrainedLine what a call waits for, as a sentence; null: nothing runs
 * @typedef {{ type: "crashed", side: "web" | "worker", how: string }} CrashedLine one side of the server ended, and starts again
 * @typedef {{ type: "doing", step: string }} DoingLine what it does while it starts
 * @typedef {ReadyLine | DoingLine | AskLine | ReleaseLine | SettledLine | DrainedLine | CrashedLine} Line
 *
 * @typedef {object} Run
 * @property {import("./state.mjs").Release} release
 * @property {number | undefined} pid
 * @property {Promise<Ready>} ready rejects with an Error that says why it did not start
 * @property {Promise<string>} ended resolves with how it ended
 * @property {() => void} makePermanent
 * @property {() => void} claim from now on anybody's tasks may be claimed
 * @property {(nonce: string, asks?: boolean) => void} canary runs a small tree that has the nonce in its result; `asks`: it also
 *   runs a command and asks for an approval
 * @property {(limits: import("./limits.mjs").Limits, signal: AbortSignal) => Promise<string | null>} drain claims nothing more and lets turns end; resolves with what still runs, also when it is interrupted
 * @property {() => void} resume claims again
 * @property {(status: object) => void} tell
 * @property {(database: { schema: string, level: number }) => import("./trial-checks.mjs").Expected} expected what `/health` has to say
 * @property {(by: string) => Promise<void>} stop lets turns end; then kills
 * @property {() => Promise<void>} kill
 */

/**
 * @param {Place} place @param {import("./state.mjs").Release} release @param {number} launch
 * @param {{ onLine: (line: Exclude<Line, DrainedLine | DoingLine>) => void, status: object }} launcher @returns {Run}
 */
export function runServer(place, release, launch, { onLine, status }) {
  const instance = randomUUID();
  const child = start(place, release, { number: launch, instance, ...status });
  const channel = /** @type {import("node:net").Socket} */ (child.stdio[4]);
  // A server that has just ended is told nothing.
  channel.on("error", () => {});
  /** @param {object} line */
  const send = (line) => void channel.write(`${JSON.stringify(line)}\n`);
  /**
   * Its exit status would not show this: it may end by itself first, because the channel is closed.
   * @type {string | null}
   */
  let flooded = null;
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started (${error.message})`));
    child.once("exit", (status, signal) => resolve(flooded ?? (signal ? `was ended by ${signal}` : endedWith(status))));
  });
  /** @type {((line: DrainedLine) => void)[]} */
  const draining = [];
  const hear = (/** @type {Exclude<Line, DoingLine>} */ line) => {
    if (line.type === "drained") for (const heard of draining.splice(0)) heard(line);
    else onLine(line);
  };
  // A server that keeps writing may never notice that nobody reads its output.
  const onFlood = () => {
    flooded = "was ended, because it sent the launcher a line without an end";
    endCell(child);
  };
  const ready = whenReady(channel, ended, new StartWatch(place.start, machineFor(child.pid)), { hear, onFlood });
  ready.catch(() => {});
  const kill = async () => {
    endCell(child);
    await ended;
  };
  return {
    release,
    pid: child.pid,
    ready,
    ended,
    kill,
    makePermanent: () => send({ type: "permanent" }),
    claim: () => send({ type: "claim" }),
    canary: (nonce, asks = false) => send({ type: "canary", nonce, asks }),
    resume: () => send({ type: "resume" }),
    tell: (told) => send({ type: "status", ...told }),
    expected: ({ schema, level }) => ({ instance, release: release.n, schema, level }),
    async drain({ drainMs, longDrainMs }, signal) {
      send({ type: "drain", turnMs: drainMs, callMs: longDrainMs });
      const line = new Promise((resolve) => {
        draining.push(resolve);
        const cut = () => resolve({ busy: "Something else came first." });
        if (signal.aborted) cut();
        signal.addEventListener("abort", cut, { once: true });
      });
      const said = await Promise.race([line, ended.then(() => ({ busy: "The server has ended." }))]);
      return /** @type {DrainedLine} */ (said).busy;
    },
    async stop(by) {
      send({ type: "stop", by });
      const timer = setTimeout(() => endCell(child), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** @param {Place} place @param {import("./state.mjs").Release} release @param {object} about this launch */
function start(place, release, about) {
  const { home, checkout, data, argv, env, isInCell, sharesProcesses, held } = place;
  const folder = folderOf(home, release);
  const told = toldTo(release, { home, holdsPort: held !== null, ...about });
  const program = [process.execPath, path.join(folder, "scripts", "serve.mjs"), ...argv];
  const plan = {
    home,
    readOnly: [checkout, folder, depsOf(home, release)],
    writable: [data],
    cwd: checkout,
    sharesProcesses,
  };
  const [file = "", ...args] = isInCell ? inCell(plan, program) : program;
  return spawn(file, args, {
    cwd: checkout,
    // Only the launcher speaks with systemd.
    env: { ...env, NOTIFY_SOCKET: undefined, BANYAN_LAUNCH: JSON.stringify(told), BANYAN_CHECKOUT: checkout },
    stdio: ["ignore", "inherit", "inherit", held?.fd ?? "ignore", "pipe"],
    // A signal from the terminal reaches the launcher only, which lets turns end.
    detached: true,
  });
}

/** @param {import("./state.mjs").Release} release @param {object} about this launch @returns {object} what the server finds in BANYAN_LAUNCH */
function toldTo(release, about) {
  const isTrial = release.state === "trial";
  const isWatched = isTrial && release.proposal !== null;
  const launcher = { launcherPid: process.pid, launcherStarted: startOf(process.pid) };
  return { ...about, ...launcher, release: release.n, isTrial, isWatched };
}

/** @param {import("node:net").Socket} channel @param {Promise<string>} ended @param {StartWatch} watch @param {{ hear: (line: Exclude<Line, DoingLine>) => void, onFlood: () => void }} listener @returns {Promise<Ready>} */
function whenReady(channel, ended, watch, { hear, onFlood }) {
  return new Promise((resolve, reject) => {
    const { startMs } = watch.limits;
    const checking = setInterval(() => {
      const why = watch.check();
      if (why !== null) settle(() => reject(new Error(why)));
    }, startMs / CHECKS);
    const telling = setInterval(() => say(watch.said()), startMs / 2);
    const settle = (/** @type {() => void} */ how) => {
      clearInterval(checking);
      clearInterval(telling);
      how();
    };
    void ended.then((how) => settle(() => reject(new Error(how))));
    let isReady = false;
    const take = (/** @type {string} */ text) => {
      const line = lineOf(text);
      if (line === null) return;
      if (line.type === "doing") return watch.hear(line.step);
      if (line.type !== "ready" || isReady) return hear(line);
      isReady = true;
      settle(() => resolve({ level: line.level, reads: line.reads, url: line.url }));
    };
    linesOf(channel, take, onFlood);
  });
}

/** Closes the channel on a line without an end, which would fill the launcher's memory. @param {import("node:net").Socket} channel @param {(text: string) => void} take @param {() => void} onFlood */
function linesOf(channel, take, onFlood) {
  let rest = "";
  channel.setEncoding("utf8").on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_LINE_BYTES) {
      channel.destroy();
      onFlood();
    }
    for (const line of lines) take(line);
  });
}

/** Accepts only known shapes: a release may be anybody's. @param {string} text @returns {Line | null} */
function lineOf(text) {
  if (text.length > MOST_LINE_BYTES) return null;
  try {
    const {
      type,
      level,
      reads,
      url,
      what,
      by,
      item,
      commit,
      gates,
      evidence,
      n,
      busy,
      side,
      how,
      carried,
      restMs,
      step,
    } = JSON.parse(text);
    if (type === "ready" && Number.isSafeInteger(level) && Number.isSafeInteger(reads))
      return { type, level, reads, url: typeof url === "string" ? url : null };
    if (type === "ask" && ["restart", "stop", "halt", "resume"].includes(what) && isText(by))
      return { type, what, by: by.slice(0, MOST_NAME), restMs: restOf(restMs) };
    if (type === "release" && isCommit(commit) && [item, by, gates, evidence].every(isText)) {
      const approved = { type, item, commit, by: by.slice(0, MOST_NAME), gates, evidence };
      // Without `carried` it would count as a commit that a person approved.
      if (carried !== undefined) return isCommit(carried) ? { ...approved, carried } : null;
      return approved;
    }
    if (type === "doing" && isText(step)) return { type, step };
    if (type === "settled" && Number.isSafeInteger(n)) return { type, n };
    if (type === "crashed" && ["web", "worker"].includes(side) && isText(how))
      return { type, side, how: how.slice(0, MOST_NAME) };
    if (type === "drained") return { type, busy: isText(busy) ? busy.slice(0, MOST_SENTENCE) : null };
  } catch {
    // Not a line of ours.
  }
  return null;
}

/** @param {unknown} ms @returns {number} */
function restOf(ms) {
  return typeof ms === "number" && ms > 0 ? Math.min(ms, MOST_REST_MS) : 0;
}

/** @param {unknown} value */
function isCommit(value) {
  return typeof value === "string" && /^[0-9a-f]{40}$/.test(value);
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string";
}
