/** Reads the file in which git lists what it tracks. Agents write it, so it may be anything. */
import fs from "node:fs";
import { MOST_INDEX_BYTES } from "./gitlinks";

/**
 * Returns the content; empty where there is no regular file, null when it is too large. Never waits, as a pipe in its place
 * would make it.
 */
export function readIndex(file: string): Buffer | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return Buffer.alloc(0);
    if (stat.size > MOST_INDEX_BYTES) return null;
    const bytes = Buffer.alloc(stat.size);
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    fs.closeSync(fd);
  }
}
