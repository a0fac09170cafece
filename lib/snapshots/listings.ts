/**
 * Caches what this process knows about snapshots that it took or read. A snapshot never changes, so known facts need no
 * git, whose start takes longer than most questions about a snapshot.
 */
import fs from "node:fs";
import path from "node:path";
import { createSizedCache } from "../sized-cache";
import type { Listing, Listings } from "./listing";

/** About 200 bytes each. */
const MOST_ENTRIES = 50_000;

export function createListings(): Listings {
  const known = createSizedCache<Listing>(MOST_ENTRIES, ({ entries }) => entries.size);
  return { get: known.get, keep: known.set, forget: known.clear };
}

/** Whether the reference still names the commit, as far as a look at its file tells: git may also have packed it. */
export function isHeldBy(gitDir: string, ref: string, commit: string): boolean {
  try {
    return fs.readFileSync(path.join(gitDir, ref), "latin1").trim() === commit;
  } catch {
    return false;
  }
}
