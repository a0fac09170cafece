/** Which runner gets a tree. */

/** A runner as its presence says it. */
export interface Candidate {
  runner: string;
  pool: string;
  slots: number;
  free: number;
  /** Its disk has no room for another tree. */
  isDiskFull?: boolean | undefined;
  bootId: string;
}

/**
 * Returns the runner of the pool for a tree: one with a free slot and room on its disk, the one with the most free of its slots, then the one
 * with the fewest trees for its slots, then by name. Null: no runner of the pool has a free slot.
 */
export function chooseRunner<Runner extends Candidate>(
  runners: readonly Runner[],
  pool: string,
  treesOf: (runner: string) => number,
): Runner | null {
  let best: Runner | null = null;
  for (const runner of runners) {
    if (runner.pool !== pool || !takesTree(runner)) continue;
    if (best === null || order(runner, best, treesOf) < 0) best = runner;
  }
  return best;
}

function takesTree({ free, isDiskFull = false }: Candidate): boolean {
  return free > 0 && !isDiskFull;
}

function order(a: Candidate, b: Candidate, treesOf: (runner: string) => number): number {
  const busy = (runner: Candidate) => 1 - runner.free / runner.slots;
  const load = (runner: Candidate) => treesOf(runner.runner) / runner.slots;
  return busy(a) - busy(b) || load(a) - load(b) || (a.runner < b.runner ? -1 : 1);
}

/** Returns the pools whose tasks start: one of their runners has a free slot. */
export function openPools(runners: readonly Candidate[]): string[] {
  return [...new Set(runners.filter(takesTree).map(({ pool }) => pool))];
}
