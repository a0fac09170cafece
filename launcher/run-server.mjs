/** One run of a server: starts a release in its cell, talks with it over descriptor 4, and ends it. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import { inCell } from "./cell.mjs";
import { depsOf, folderOf } from "./releases.mjs";

/** A boot is slow on a small machine with a large database; hanging is longer. */
const BOOT_LIMIT_MS = 90_000;
/** Turns end within 30 s, then the server ends by itself. */
const STOP_LIMIT_MS = 60_000;
const MOST_LINE_BYTES = 64 * 1024;

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
 * @property {import("./port.mjs").HeldPort | null} held
 *
 * @typedef {{ level: number, reads: number, url: string | null }} Ready
 * @typedef {{ type: "ready" } & Ready} ReadyLine
 * @typedef {{ type: "ask", what: "restart" | "stop", by: string }} AskLine
 *
 * @typedef {object} Run
 * @property {import("./state.mjs").Release} release
 * @property {number | undefined} pid
 * @property {Promise<Ready>} ready rejects with an Error that says why it did not start
 * @property {Promise<string>} ended resolves with how it ended
 * @property {() => void} makePermanent
 * @property {(by: string) => Promise<void>} stop lets turns end; then kills
 */

/**
 * @param {Place} place @param {import("./state.mjs").Release} release @param {number} launch
 * @param {{ onAsk: (line: AskLine) => void }} listener @returns {Run}
 */
export function runServer(place, release, launch, { onAsk }) {
  const { home, checkout, data, argv, env, isInCell, held } = place;
  const folder = folderOf(home, release);
  const instance = randomUUID();
  const isTrial = release.state === "trial";
  const told = {
    home,
    number: launch,
    release: release.n,
    instance,
    isTrial,
    launcherPid: process.pid,
    holdsPort: held !== null,
  };
  const program = [process.execPath, path.join(folder, "scripts", "serve.mjs"), ...argv];
  const plan = { home, readOnly: [checkout, folder, depsOf(home, release)], writable: [data], cwd: checkout };
  const [file = "", ...args] = isInCell ? inCell(plan, program) : program;
  const child = spawn(file, args, {
    cwd: checkout,
    env: { ...env, BANYAN_LAUNCH: JSON.stringify(told), BANYAN_CHECKOUT: checkout },
    stdio: ["ignore", "inherit", "inherit", held?.fd ?? "ignore", "pipe"],
    // A signal from the terminal reaches the launcher only, which lets turns end.
    detached: true,
  });
  const channel = /** @type {import("node:net").Socket} */ (child.stdio[4]);
  /** @param {object} line */
  const send = (line) => void channel.write(`${JSON.stringify(line)}\n`);
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started (${error.message})`));
    child.once("exit", (status, signal) => resolve(signal ? `was ended by ${signal}` : endedWith(status)));
  });
  const ready = whenReady(channel, ended, onAsk);
  ready.catch(() => {});
  return {
    ...{ release, pid: child.pid, ready, ended },
    makePermanent: () => send({ type: "permanent" }),
    async stop(by) {
      send({ type: "stop", by });
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** @param {import("node:net").Socket} channel @param {Promise<string>} ended @param {(line: AskLine) => void} onAsk @returns {Promise<Ready>} */
function whenReady(channel, ended, onAsk) {
  return new Promise((resolve, reject) => {
    const seconds = BOOT_LIMIT_MS / 1_000;
    const timer = setTimeout(() => reject(new Error(`did not answer within ${seconds} seconds`)), BOOT_LIMIT_MS);
    void ended.then((how) => {
      clearTimeout(timer);
      reject(new Error(how));
    });
    const lines = createInterface({ input: channel });
    // A server that is killed resets the channel; its end says how.
    lines.on("error", () => channel.destroy());
    lines.on("line", (text) => {
      const line = lineOf(text);
      if (line?.type === "ask") onAsk(line);
      if (line?.type !== "ready") return;
      clearTimeout(timer);
      resolve({ level: line.level, reads: line.reads, url: line.url });
    });
  });
}

/** Accepts only known shapes: a release may be anybody's. @param {string} text @returns {ReadyLine | AskLine | null} */
function lineOf(text) {
  if (text.length > MOST_LINE_BYTES) return null;
  try {
    const line = JSON.parse(text);
    if (line.type === "ready" && Number.isSafeInteger(line.level) && Number.isSafeInteger(line.reads))
      return {
        type: "ready",
        level: line.level,
        reads: line.reads,
        url: typeof line.url === "string" ? line.url : null,
      };
    if (line.type === "ask" && ["restart", "stop"].includes(line.what) && typeof line.by === "string")
      return { type: "ask", what: line.what, by: line.by.slice(0, 200) };
  } catch {
    // Not a line of ours.
  }
  return null;
}
