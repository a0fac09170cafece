/** The launcher's output: what it prints, writes that may fail, and the signs of life for systemd. */
import { execFile } from "node:child_process";
import { request } from "node:http";

const LIMIT_MS = 900_000;
const EVERY_MS = 60_000;
const LONGEST_ANSWER_MS = 30_000;

/** Reports a full disk and continues. @param {() => void} write */
export function tolerating(write) {
  try {
    write();
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!["ENOSPC", "EDQUOT", "EIO"].includes(code ?? "")) throw error;
    say(`The launcher cannot write in its folder: ${message}.`);
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Tells systemd at intervals that Banyan answers. Whatever hangs, the launcher, the server's supervisor or all of it,
 * systemd then ends the service and starts it again. The launcher itself arms the watchdog, so that a first build may take
 * as long as it needs, and an older launcher under a newer unit is not ended for its silence.
 * @param {() => import("./trial-checks.mjs").Address} address @param {NodeJS.ProcessEnv} [env]
 * @returns {() => void} ends it
 */
export function keepWatchdog(address, env = process.env) {
  if (!env.NOTIFY_SOCKET) return () => {};
  const poll = () => void notifyIfAnswering(address(), env);
  poll();
  const timer = setInterval(poll, EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * @param {import("./trial-checks.mjs").Address} address @param {NodeJS.ProcessEnv} env @param {number} [longestMs]
 * @returns {Promise<boolean>} whether systemd was told
 */
export async function notifyIfAnswering(address, env, longestMs = LONGEST_ANSWER_MS) {
  if (!(await answers(address, longestMs))) return false;
  // Node has no datagram sockets with paths, so systemd's own program sends it.
  const args = ["WATCHDOG=1", `WATCHDOG_USEC=${LIMIT_MS * 1_000}`];
  return new Promise((resolve) => {
    execFile("systemd-notify", args, { env, timeout: LONGEST_ANSWER_MS }, (error) => resolve(error === null));
  });
}

/**
 * Any answer counts, even one that reports a fault, because systemd should not judge that.
 * @param {import("./trial-checks.mjs").Address} address @param {number} longestMs
 */
function answers({ host, port }, longestMs) {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: "/health", agent: false, timeout: longestMs }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("close", () => resolve(false));
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
