/**
 * Caches what this process knows about snapshots that it took or read. A snapshot never changes, so known facts need no
 * git, whose start takes longer than most questions about a snapshot.
 */
import fs from "node:fs";
import path from "node:path";
import type { Listing, Listings } from "./listing";

/** About 200 bytes each. */
const MOST_ENTRIES = 50_000;

export function createListings(): Listings {
  /** The one that was used last comes last. */
  const known = new Map<string, Listing>();
  let size = 0;
  const drop = (commit: string) => {
    size -= known.get(commit)?.entries.size ?? 0;
    known.delete(commit);
  };
  const keep = (commit: string, listing: Listing) => {
    drop(commit);
    known.set(commit, listing);
    size += listing.entries.size;
    for (const oldest of known.keys()) {
      if (size <= MOST_ENTRIES) return;
      drop(oldest);
    }
  };
  return {
    keep,
    get(commit) {
      const listing = known.get(commit);
      if (listing) keep(commit, listing);
      return listing;
    },
    forget() {
      known.clear();
      size = 0;
    },
  };
}

/** Whether the reference still names the commit, as far as a look at its file tells: git may also have packed it. */
export function isHeldBy(gitDir: string, ref: string, commit: string): boolean {
  try {
    return fs.readFileSync(path.join(gitDir, ref), "latin1").trim() === commit;
  } catch {
    return false;
  }
}
