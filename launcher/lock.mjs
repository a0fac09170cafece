/** Lets one launcher run in a home. `scripts/lock.mjs` builds another lock from the same parts. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** @typedef {{ pid: number, started: string, boot: string }} Owner */

/** An error that a person can mend; its message is all that they see. */
export class LauncherError extends Error {}

/**
 * Takes the lock, or throws a LauncherError that names the launcher which has it. Returns the function that frees it.
 * @param {string} home @returns {() => void}
 */
export function takeLock(home) {
  const folder = path.join(home, "lock");
  const own = { pid: process.pid, started: startOf(process.pid), boot: bootId() };
  for (let tries = 0; tries < 100; tries++) {
    if (tryTake(folder, own)) return () => free(folder, own);
    const other = /** @type {Owner | null} */ (readOwner(folder));
    if (other && other.boot === bootId() && runs(other.pid, other.started))
      throw new LauncherError(
        `Process ${other.pid} already serves with ${home}: use that server, or end it with \`kill ${other.pid}\` (running turns finish first).`,
      );
    setAside(folder, other);
  }
  throw new LauncherError(`The lock ${folder} cannot be taken: remove this folder when no server runs.`);
}

/**
 * Takes a lock by renaming a filled folder into place. The rename is atomic, so nobody sees a lock without its owner.
 * @param {string} folder @param {object} own
 */
export function tryTake(folder, own) {
  const filled = `${folder}.${process.pid}`;
  rmSync(filled, { recursive: true, force: true });
  mkdirSync(filled);
  writeFileSync(path.join(filled, "owner.json"), JSON.stringify(own));
  try {
    renameSync(filled, folder);
    return true;
  } catch (error) {
    rmSync(filled, { recursive: true, force: true });
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(code)) return false;
    throw error;
  }
}

/** Removes a dead owner's lock; puts it back if another took it meanwhile. @param {string} folder @param {object | null} dead */
export function setAside(folder, dead) {
  const aside = `${folder}.stale.${process.pid}`;
  try {
    rmSync(aside, { recursive: true, force: true });
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (JSON.stringify(readOwner(aside)) === JSON.stringify(dead)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, folder);
}

/** @param {string} folder @param {Owner} own */
function free(folder, own) {
  if (JSON.stringify(readOwner(folder)) === JSON.stringify(own)) setAside(folder, own);
}

/** Returns what `tryTake` wrote; null when nobody holds the lock. @param {string} folder @returns {any} */
export function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, "owner.json"), "utf8"));
  } catch {
    return null;
  }
}

/** Whether the process still runs. @param {number} pid @param {string} started its `startOf` */
export function runs(pid, started) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
  }
  return startOf(pid) === started;
}

/** @param {number} pid @returns {string} the kernel's start time, which tells a process from a later one with its number */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not collected its status.
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

function bootId() {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
