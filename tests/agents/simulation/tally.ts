/** Counts the features that a run covered, so that an empty run is noticed, and records broken invariants. */
export interface Tally {
  hit(feature: string): void;
  /** Features in alphabetical order, each with its count. */
  features: Map<string, number>;
  /** Records a broken invariant. */
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
