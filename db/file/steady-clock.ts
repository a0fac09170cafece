/**
 * Returns the milliseconds of a clock for durations of work: it cannot be set and stops while the machine is suspended.
 * It starts with the machine and is the same for all its processes.
 */
export function steadyMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
