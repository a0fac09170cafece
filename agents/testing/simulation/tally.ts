/** What a run met: so that a simulation which meets nothing is seen, and a broken promise of the runtime is named. */
export interface Tally {
  hit(feature: string): void;
  /** Features in the order of the alphabet, with how often each was met. */
  features: Map<string, number>;
  /** An invariant that does not hold. */
  broken(what: string): void;
  faults: string[];
  log(line: string): void;
  lines: string[];
}

export function createTally(): Tally {
  const features = new Map<string, number>();
  const faults: string[] = [];
  const lines: string[] = [];
  return {
    features,
    faults,
    lines,
    hit: (feature) => void features.set(feature, (features.get(feature) ?? 0) + 1),
    broken: (what) => void faults.push(what),
    log: (line) => void lines.push(line),
  };
}
