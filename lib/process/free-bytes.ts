import { statfsSync } from "node:fs";

/** Returns the bytes that are free for this account. A file system that cannot be read, or has no size, says nothing: infinite. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize, blocks } = statfsSync(folder);
    return blocks > 0 ? bavail * bsize : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
