/** Reads a file at a path that strangers fill: agents, commands of a commit, people's repositories. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/**
 * Returns what a regular file holds; null for a link, for what is no regular file, and for more than `mostBytes`. Never
 * waits: a named pipe in its place would hold the whole process until somebody writes to it.
 */
export function readPlainFile(file: string, mostBytes: number): Buffer | null {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      return stat.isFile() && stat.size <= mostBytes ? readFileSync(fd) : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
