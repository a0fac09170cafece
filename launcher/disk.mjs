/** The space that is left on the disks that a release needs. */
import { statfsSync, statSync } from "node:fs";
import path from "node:path";
import { say } from "./say.mjs";

/** Less than this, and what fails may fail for want of space. */
const FULL_BYTES = 16_000_000;
/** The launcher hears of a fault later than it happened: rounds of a trial are half a minute apart, and three make a fault. */
const LINGERS_MS = 120_000;

export class Disk {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    this.isTold = false;
    /** When it was last seen full, Unix time. */
    this.fullMs = 0;
  }

  /** Looks, and tells once that the disk is full. */
  isFull() {
    const isFull = this.freeBytes() < FULL_BYTES;
    if (isFull) this.fullMs = Date.now();
    const { home, start } = this.launcher;
    if (isFull && !this.isTold)
      say(
        `The disk of ${home} or ${start.data} is full: free some space. What serves goes on; a release waits for it.`,
      );
    if (!isFull && this.isTold) say("The disk has space again.");
    this.isTold = isFull;
    return isFull;
  }

  /**
   * Whether a fault may be that of the disk, and not of a release, also where there is space again by the time that the
   * fault is heard of.
   * @param {number} [sinceMs] Unix time
   */
  wasFull(sinceMs = Date.now() - LINGERS_MS) {
    return this.isFull() || this.fullMs >= sinceMs;
  }

  /** Whether the database can be copied, and as much be written as a trial may want. */
  hasSpaceForTrial() {
    const { start, limits } = this.launcher;
    const { size = 0 } = statSync(path.join(start.data, "banyan.db"), { throwIfNoEntry: false }) ?? {};
    return !this.isFull() && this.freeBytes() >= limits.spareBytes + 2 * size;
  }

  /** Of the smaller of the disks of home and of the data. */
  freeBytes() {
    const { home, start } = this.launcher;
    return Math.min(...[home, start.data].map(freeIn));
  }
}

/** @param {string} folder @returns {number} bytes; what is no folder any more is another fault */
function freeIn(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
