/**
 * Milliseconds of a clock that nobody sets and that stands still while the machine is suspended: for how long work took. It begins
 * with the machine, and is the same for all of its processes.
 */
export function steadyMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
