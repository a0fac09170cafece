/**
 * Returns how much of the time between two tries that failed counts, at most `mostMs`: in a longer gap the machine slept or
 * its clock was set, and nothing was tried.
 */
export function triedMs(fromMs: number, toMs: number, mostMs: number): number {
  return Math.min(Math.max(0, toMs - fromMs), mostMs);
}
