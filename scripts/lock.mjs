import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readOwner, runs, setAside, startOf, tryTake } from "../launcher/lock.mjs";
import { SetupError, say } from "./say.mjs";

const POLL_MS = 100;
const LONGEST_WAIT_MS = 30 * 60_000;

/**
 * @typedef {{ pid: number, startedAt: string }} Owner a process that holds a lock; `startedAt` tells it from a later process with the same number
 * @typedef {{ owners: Owner[] }} Holder
 */

/** @param {number} pid @returns {Owner} */
function ownerOf(pid) {
  return { pid, startedAt: startOf(pid) };
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
    const other = /** @type {Holder | null} */ (readOwner(folder));
    const alive = other?.owners.find(({ pid, startedAt }) => runs(pid, startedAt));
    if (!alive) {
      setAside(folder, other);
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
