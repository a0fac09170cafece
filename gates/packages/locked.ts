/** As OSV calls them. */
export const ECOSYSTEMS = ["npm", "PyPI", "Go", "crates.io"] as const;
export type Ecosystem = (typeof ECOSYSTEMS)[number];

export interface LockedPackage {
  ecosystem: Ecosystem;
  name: string;
  version: string;
  /** The lockfile. */
  path: string;
}

/** What a lockfile names, and how many packages it names without an exact version. */
export interface Locked {
  packages: readonly Pick<LockedPackage, "name" | "version">[];
  loose?: number;
}
