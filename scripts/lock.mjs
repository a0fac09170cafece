import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError, say } from "./say.mjs";

const POLL_MS = 100;
const LONGEST_WAIT_MS = 30 * 60_000;

/**
 * @typedef {{ pid: number, startedAt: string }} Owner a process that holds a lock; `startedAt` tells it from a later process with the same number
 * @typedef {{ owners: Owner[] }} Holder
 */

/** @param {number} pid @returns {string} the kernel's start time of a process, or "" where the system does not report it */
function processStart(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not yet collected its status.
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

/** @param {Owner} owner */
function isAlive(owner) {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
  }
  return processStart(owner.pid) === owner.startedAt;
}

/** @param {number} pid @returns {Owner} */
function ownerOf(pid) {
  return { pid, startedAt: processStart(pid) };
}

/** @param {string} folder @returns {Holder | undefined} */
function readHolder(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock by renaming a filled folder into place. The rename is atomic, so no process ever sees a lock without
 * its owner.
 * @param {string} folder @param {Holder} holder
 */
function tryTake(folder, holder) {
  const filled = `${folder}.${process.pid}`;
  rmSync(filled, { recursive: true, force: true });
  mkdirSync(filled, { recursive: true });
  writeFileSync(path.join(filled, "owner.json"), JSON.stringify(holder));
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

/**
 * Removes the lock of dead owners. If another process has taken the lock meanwhile, puts it back.
 * @param {string} folder @param {Holder | undefined} dead
 */
function removeStale(folder, dead) {
  const aside = `${folder}.stale.${process.pid}`;
  try {
    rmSync(aside, { recursive: true, force: true });
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (JSON.stringify(readHolder(aside)) === JSON.stringify(dead)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, folder);
}

/**
 * Runs `work` while no other process holds the lock folder. Takes over a lock whose owners have all ended.
 * `work` may add a child process as an owner: then the lock also lasts as long as that child lives, even when this
 * process is killed and the child keeps running.
 * @template T
 * @param {string} folder
 * @param {string} purpose what the holder does, for the message to waiting processes: "installing the dependencies"
 * @param {(addOwner: (pid: number) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, purpose, work) {
  mkdirSync(path.dirname(folder), { recursive: true });
  /** @type {Holder} */
  const holder = { owners: [ownerOf(process.pid)] };
  const startedMs = Date.now();
  for (let told = false; !tryTake(folder, holder); ) {
    const other = readHolder(folder);
    const alive = other?.owners.find(isAlive);
    if (!alive) {
      removeStale(folder, other);
      continue;
    }
    if (!told) say(`Another process (${alive.pid}) is ${purpose}: waiting for it.`);
    told = true;
    if (Date.now() - startedMs > LONGEST_WAIT_MS)
      throw new SetupError(`Process ${alive.pid} has been ${purpose} for half an hour: end it, then start again.`);
    await sleep(POLL_MS);
  }
  try {
    return await work((pid) => {
      holder.owners.push(ownerOf(pid));
      writeFileSync(path.join(folder, "owner.new"), JSON.stringify(holder));
      renameSync(path.join(folder, "owner.new"), path.join(folder, "owner.json"));
    });
  } finally {
    // Renamed first: deleting in place would leave an empty folder for a moment, which another process could take.
    const done = `${folder}.done.${process.pid}`;
    renameSync(folder, done);
    rmSync(done, { recursive: true, force: true });
  }
}
