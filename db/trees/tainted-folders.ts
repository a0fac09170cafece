/**
 * Remembers which folders of persons hold content from outside when no tree tells it any more, and which somebody said are
 * clean; see `taintedAt`.
 */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface TaintedFolders {
  /** Remembers the folder, into which files of a tree with such content are written. */
  add(path: string): Promise<void>;
  /** Notes that a person says that the folder, and all inside it, is clean from now on. */
  clean(path: string, by: string): Promise<void>;
}

const INSERT = "INSERT INTO tainted_folders (path, created_at_ms)";
const NEWER = "ON CONFLICT (path) DO UPDATE SET created_at_ms = max(created_at_ms, excluded.created_at_ms)";

export function createTaintedFolders(sqlite: Sqlite, log: Pick<Writes, "write">): TaintedFolders {
  const insert = sqlite.prepare(`${INSERT} VALUES (?, ?) ${NEWER}`);
  const clean = sqlite.prepare(`
    INSERT INTO clean_folders (path, at_ms, "by") VALUES (@path, @nowMs, @by)
    ON CONFLICT (path) DO UPDATE SET at_ms = excluded.at_ms, "by" = excluded."by"`);
  return {
    add: (path) => log.write(({ nowMs }) => void insert.run(path, nowMs)),
    clean: (path, by) => log.write(({ nowMs }) => void clean.run({ path, by, nowMs })),
  };
}

/** Returns what remembers the folder of a tree that is about to be deleted; its files stay. Call it in the transaction. */
export function createTaintKeeping(sqlite: Sqlite): (treeId: number, nowMs: number) => void {
  const insert = sqlite.prepare(
    `${INSERT} SELECT workspace, ifnull(ended_at_ms, @nowMs) FROM trees
     WHERE id = @treeId AND in_place = 1 AND is_tainted = 1 ${NEWER}`,
  );
  return (treeId, nowMs) => void insert.run({ treeId, nowMs });
}
