/** The space that is left on the disks that a release needs. */
import { statfsSync, statSync } from "node:fs";
import path from "node:path";

/** Less than this, and what fails may fail for want of space. */
const FULL_BYTES = 16_000_000;

/** @param {import("./main.mjs").Launcher} launcher @returns {number} bytes on the smaller of the disks of home and of the data */
function freeBytes({ home, start }) {
  return Math.min(
    ...[home, start.data].map((folder) => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    }),
  );
}

/** Whether a fault may be that of the disk, and not of a release. @param {import("./main.mjs").Launcher} launcher */
export function isDiskFull(launcher) {
  return freeBytes(launcher) < FULL_BYTES;
}

/** Whether the database can be copied, and as much be written as a trial may want. @param {import("./main.mjs").Launcher} launcher */
export function hasSpaceForTrial(launcher) {
  const { size = 0 } = statSync(path.join(launcher.start.data, "banyan.db"), { throwIfNoEntry: false }) ?? {};
  return !isDiskFull(launcher) && freeBytes(launcher) >= launcher.limits.spareBytes + 2 * size;
}
