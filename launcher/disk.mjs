/** The space that is left on the disks that a release needs. */
import { statfsSync, statSync } from "node:fs";
import path from "node:path";
import { say } from "./say.mjs";

/** With less free space than this, any failure may be due to the disk. */
const FULL_BYTES = 16_000_000;
/**
 * The launcher learns of a fault with a delay: checks of a trial are half a minute apart, and three bad ones make a
 * fault.
 */
const LINGERS_MS = 120_000;

export class Disk {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    this.isTold = false;
    /** When it was last seen full, on the clock of the process. */
    this.fullMs = Number.NEGATIVE_INFINITY;
  }

  /** Checks the disk, and reports once that it is full. */
  isFull() {
    const isFull = this.freeBytes() < FULL_BYTES;
    if (isFull) this.fullMs = performance.now();
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
   * Whether the disk, not a release, may have caused a fault, even if there is space again when the fault becomes
   * known.
   * @param {number} [sinceMs] on the clock of the process
   */
  wasFull(sinceMs = performance.now() - LINGERS_MS) {
    return this.isFull() || this.fullMs >= sinceMs;
  }

  /** Whether there is space to copy the database and for what a trial may write. */
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
