/** Runs apt-get after other programs that install packages have ended: a second one fails at once. */
import { readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { runChild } from "./child.mjs";
import { SetupError, say } from "./say.mjs";

/** What apt-get and dpkg lock: apt-get itself can only be told to wait for the first two. */
const LOCKS = [
  "/var/lib/dpkg/lock-frontend",
  "/var/lib/dpkg/lock",
  "/var/lib/apt/lists/lock",
  "/var/cache/apt/archives/lock",
];
const POLL_MS = 500;
const LONGEST_WAIT_MS = 30 * 60_000;

/** @typedef {{ pid: number, file: string }} Holding */

/**
 * Runs apt-get, after waiting for another program that has locked what it needs.
 * @param {string[]} args @param {Parameters<typeof runChild>[2]} options
 * @returns {ReturnType<typeof runChild>}
 */
export async function aptGet(args, options) {
  const startedMs = performance.now();
  for (;;) {
    await untilFree(startedMs);
    const ended = await runChild("apt-get", ["-o", "DPkg::Lock::Timeout=-1", ...args], options);
    // Another one may have begun in between.
    if (ended.status === 0 || holding(LOCKS) === undefined) return ended;
  }
}

/** @param {number} startedMs */
async function untilFree(startedMs) {
  for (let told = false; ; told = true) {
    const other = holding(LOCKS);
    if (other === undefined) return;
    const who = other.pid > 0 ? `Another program (process ${other.pid})` : "A program outside of this container";
    if (!told) say(`${who} is installing packages and holds ${other.file}: waiting for it.`);
    if (performance.now() - startedMs > LONGEST_WAIT_MS)
      throw new SetupError(`${who} has held ${other.file} for half an hour: end it, then start again.`);
    await sleep(POLL_MS);
  }
}

/**
 * Returns a process that has locked one of the files as a whole, as apt-get and dpkg do.
 * @param {readonly string[]} files @returns {Holding | undefined}
 */
export function holding(files) {
  const inodes = new Map(files.map((file) => [statSync(file, { throwIfNoEntry: false })?.ino, file]));
  const lines = readLocks().split("\n");
  for (const line of lines) {
    // `1: POSIX  ADVISORY  WRITE 14464 fe:00:399286 0 EOF`; a line with an arrow waits for the one above.
    const [, kind, , access, pid, place = "", from, to] = line.trim().split(/\s+/);
    const file = inodes.get(Number(place.split(":")[2]));
    if (kind === "POSIX" && access === "WRITE" && from === "0" && to === "EOF" && file !== undefined)
      return { pid: Number(pid), file };
  }
  return undefined;
}

/** @returns {string} the kernel's list of locks; empty where it shows none */
function readLocks() {
  try {
    return readFileSync("/proc/locks", "utf8");
  } catch {
    return "";
  }
}
