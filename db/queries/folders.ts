/** Folders that people named for their trees. */

import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";

/** SQL of whether two folders are the same, or one is inside the other. */
export const overlap = (one: string, other: string) =>
  `(${one} = ${other} OR substr(${one}, 1, length(${other}) + 1) = ${other} || '/'
    OR substr(${other}, 1, length(${one}) + 1) = ${one} || '/')`;

/** Trees that work in the folder, or in a folder around or inside it. Trees in folders of their own are in nobody's way. */
const WORKS_THERE = `in_place = 1 AND ${overlap("workspace", "@folder")}`;

/** Title of an open tree that works there: two trees never share a folder. */
export const LOCKED_FOLDER = `SELECT title FROM trees WHERE ended_at_ms IS NULL AND ${WORKS_THERE}`;

export interface FolderQueries {
  /** Returns the folders of trees, the last used first. */
  recent(limit: number): string[];
  /** Returns the title of the open tree that works there, or in a folder around or inside it; null: none. */
  lockedBy(folder: string): string | null;
  /** Whether a tree that worked there, or in a folder around or inside it, had read content from outside. */
  isTainted(folder: string): boolean;
}

export function createFolderQueries(sqlite: Sqlite): FolderQueries {
  const recent = sqlite
    .prepare("SELECT workspace FROM trees WHERE in_place = 1 GROUP BY workspace ORDER BY max(id) DESC LIMIT ?")
    .pluck();
  const locked = sqlite.prepare(LOCKED_FOLDER).pluck();
  const tainted = sqlite.prepare(`SELECT 1 FROM trees WHERE is_tainted = 1 AND ${WORKS_THERE} LIMIT 1`).pluck();
  return {
    recent: (limit) => recent.all(limit) as string[],
    lockedBy: (folder) => {
      const title = locked.get({ folder }) as string | undefined;
      return title === undefined ? null : withoutDisguise(title);
    },
    isTainted: (folder) => tainted.get({ folder }) !== undefined,
  };
}
