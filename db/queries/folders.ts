/** Folders that people named for their trees. */
import type { Sqlite } from "@/db/file/client";

/** Title of an open tree that works in the folder, or in a folder around or inside it: two trees never share one. */
export const LOCKED_FOLDER = `
  SELECT title FROM trees WHERE ended_at_ms IS NULL AND in_place = 1
    AND (workspace = @folder OR substr(@folder, 1, length(workspace) + 1) = workspace || '/'
      OR substr(workspace, 1, length(@folder) + 1) = @folder || '/')`;

export interface FolderQueries {
  /** Returns the folders of trees, the last used first. */
  recent(limit: number): string[];
  /** Returns the title of the tree that works there; null: none. */
  lockedBy(folder: string): string | null;
  /** Whether a tree that worked there, or in a folder around or inside it, had read content from outside. */
  isTainted(folder: string): boolean;
}

export function createFolderQueries(sqlite: Sqlite): FolderQueries {
  const recent = sqlite
    .prepare("SELECT workspace FROM trees WHERE in_place = 1 GROUP BY workspace ORDER BY max(id) DESC LIMIT ?")
    .pluck();
  const locked = sqlite.prepare(LOCKED_FOLDER).pluck();
  const tainted = sqlite
    .prepare(`
      SELECT 1 FROM trees WHERE in_place = 1 AND is_tainted = 1
        AND (workspace = @folder OR substr(@folder, 1, length(workspace) + 1) = workspace || '/'
          OR substr(workspace, 1, length(@folder) + 1) = @folder || '/') LIMIT 1`)
    .pluck();
  return {
    recent: (limit) => recent.all(limit) as string[],
    lockedBy: (folder) => (locked.get({ folder }) as string | undefined) ?? null,
    isTainted: (folder) => tainted.get({ folder }) !== undefined,
  };
}
