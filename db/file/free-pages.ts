/** Pages that deleted rows have freed: how many bytes they are, and how the file gets smaller again. */
import type { Sqlite } from "./sqlite";
import type { Writes } from "./writes";

/** With pages of 4 KB these are 2 MB, which are moved in some milliseconds: other records come in between. */
const SLICE_PAGES = 500;

/** Returns the bytes in the file that new rows use first. */
export function freeBytes(sqlite: Sqlite): number {
  return freePages(sqlite) * (sqlite.pragma("page_size", { simple: true }) as number);
}

/**
 * Gives free pages back to the disk, in a transaction for each slice. A database of an old version may not allow it; there
 * the pages stay, and new rows use them.
 */
export async function giveBackPages(sqlite: Sqlite, log: Pick<Writes, "write">): Promise<void> {
  for (let left = freePages(sqlite); left > 0; ) {
    await log.write(() => void sqlite.pragma(`incremental_vacuum(${SLICE_PAGES})`));
    const now = freePages(sqlite);
    if (now >= left) return;
    left = now;
  }
}

function freePages(sqlite: Sqlite): number {
  return sqlite.pragma("freelist_count", { simple: true }) as number;
}
