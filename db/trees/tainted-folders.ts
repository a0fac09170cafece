/** Remembers which folders of persons hold content from outside when no tree tells it any more; see `taintedAt`. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface TaintedFolders {
  /** Remembers the folder, into which files of a tree with such content are written. */
  add(path: string): Promise<void>;
}

const INSERT = "INSERT OR IGNORE INTO tainted_folders (path, created_at_ms)";

export function createTaintedFolders(sqlite: Sqlite, log: Pick<Writes, "write">): TaintedFolders {
  const insert = sqlite.prepare(`${INSERT} VALUES (?, ?)`);
  return { add: (path) => log.write(({ nowMs }) => void insert.run(path, nowMs)) };
}

/** Returns what remembers the folder of a tree that is about to be deleted; its files stay. Call it in the transaction. */
export function createTaintKeeping(sqlite: Sqlite): (treeId: number, nowMs: number) => void {
  const insert = sqlite.prepare(
    `${INSERT} SELECT workspace, @nowMs FROM trees WHERE id = @treeId AND in_place = 1 AND is_tainted = 1`,
  );
  return (treeId, nowMs) => void insert.run({ treeId, nowMs });
}
