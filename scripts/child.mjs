import { spawn } from "node:child_process";
import { ignoresHangup } from "./hangup.mjs";
import { say } from "./say.mjs";

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
/** Waits for a line before it becomes the program, and ends without having started it when none can come. */
const ON_A_LINE = ["-c", 'read -r _ && exec "$@" < /dev/null', "sh"];
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** A child that is still running this long after SIGTERM is killed. */
const LONGEST_END_MS = 5_000;
/** How much of a tool's output to keep. npm and next print the reason of a failure last. */
const KEPT_CHARACTERS = 64_000;

/**
 * @typedef {object} ChildOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] lets the child write to the terminal instead of keeping its output
 * @property {(pid: number) => void} [onStart] the program begins when it returns: whoever writes down that it runs, and is
 *   killed before, leaves no program behind that nobody knows of
 * @property {AbortSignal} [signal] ends the child and what it has started
 */

/**
 * Runs a program to its end, in its own process group. A signal that ends this process is passed to the whole group
 * first, so that a compiler started by npm does not keep running during the next start.
 * @param {string} file @param {string[]} args @param {ChildOptions} options
 * @returns {Promise<{ status: number, output: string }>} status 127 when the program does not exist
 */
export function runChild(file, args, options) {
  return new Promise((resolve) => {
    const stdio = options.show ? "inherit" : "pipe";
    const { onStart } = options;
    const [program, words] = onStart ? ["/bin/sh", [...ON_A_LINE, file, ...args]] : [file, args];
    const child = spawn(program, words, {
      cwd: options.cwd,
      env: options.env,
      stdio: [onStart ? "pipe" : "ignore", stdio, stdio],
      detached: true,
    });
    let output = "";
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-KEPT_CHARACTERS);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const forget = passSignals(child.pid);
    const abort = () => endGroup(child.pid);
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted) abort();
    if (child.pid) onStart?.(child.pid);
    // It may have been ended already.
    child.stdin?.on("error", () => {}).end("\n");
    child.on("error", (error) => {
      forget();
      resolve({ status: 127, output: error.message });
    });
    child.on("close", (code) => {
      options.signal?.removeEventListener("abort", abort);
      if (!forget()) resolve({ status: code ?? 1, output });
    });
  });
}

/** The children that run now. @type {Set<{ pid: number | undefined }>} */
const running = new Set();
/** @type {(typeof SIGNALS)[number] | undefined} */
let received;

/** @param {(typeof SIGNALS)[number]} signal */
function pass(signal) {
  if (!received) say("Stopping …");
  received = signal;
  for (const { pid } of running) endGroup(pid);
}

/**
 * Passes signals to a child until the returned function is called, which returns whether a signal has come. Then this
 * process ends with its last child.
 * @param {number | undefined} pid @returns {() => boolean}
 */
function passSignals(pid) {
  const child = { pid };
  const signals = SIGNALS.filter((signal) => signal !== "SIGHUP" || !ignoresHangup());
  if (running.size === 0) for (const signal of signals) process.on(signal, pass);
  running.add(child);
  if (received) endGroup(pid);
  return () => {
    running.delete(child);
    if (running.size === 0) {
      for (const signal of signals) process.off(signal, pass);
      if (received) process.exit(EXIT_STATUS[received]);
    }
    return received !== undefined;
  };
}

/** @param {number | undefined} pid */
function endGroup(pid) {
  // Always SIGTERM: a shell may have started this process with SIGINT ignored, which children inherit.
  signalGroup(pid, "SIGTERM");
  setTimeout(() => signalGroup(pid, "SIGKILL"), LONGEST_END_MS).unref();
}

/** @param {number | undefined} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // The group has ended already; its close event follows.
  }
}

/** @param {string} output @param {number} lines @returns {string} the last non-empty lines */
export function tail(output, lines) {
  return output
    .split("\n")
    .filter((line) => line.trim())
    .slice(-lines)
    .join("\n");
}
