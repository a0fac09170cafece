import { availableParallelism } from "node:os";

/** The kernel's own limit is a number of 32 bits on some machines. */
const MOST_SECONDS = 2 ** 31 - 1;

/**
 * Returns the CPU seconds that a process can use in this time on all processors of this machine. As a limit it ends no
 * command before its timeout, unless the command asked for less.
 */
export function cpuSecondsIn(timeMs: number): number {
  return Math.min(MOST_SECONDS, Math.max(1, Math.ceil((timeMs / 1000) * availableParallelism())));
}
