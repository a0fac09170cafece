/** Folders that people named for their trees. */
import type { TreeMention } from "@/core/shapes/folders";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { TREE_STATUS } from "./tree-list";

/** SQL of whether two folders are the same, or one is inside the other. */
export const overlap = (a: string, b: string) =>
  `(${a} = ${b} OR substr(${a}, 1, length(${b}) + 1) = ${b} || '/'
    OR substr(${b}, 1, length(${a}) + 1) = ${a} || '/')`;

/** SQL of whether a folder is another one, or inside it. */
const isIn = (a: string, b: string) => `(${a} = ${b} OR substr(${a}, 1, length(${b}) + 1) = ${b} || '/')`;

/**
 * SQL of whether nobody has said, of either folder or one around it, that it is clean since content from outside came into
 * `source` for the last time. `sinceMs` null: more of it may come.
 */
const stillCounts = (source: string, sinceMs: string, folder: string) =>
  `NOT EXISTS (SELECT 1 FROM clean_folders clean
    WHERE clean.at_ms >= ${sinceMs} AND (${isIn(source, "clean.path")} OR ${isIn(folder, "clean.path")}))`;

/** SQL of the trees that left content from outside in the folder, or in one around or inside it. */
const taintingTrees = (folder: string) =>
  `trees tainted WHERE tainted.is_tainted = 1 AND tainted.in_place = 1 AND ${overlap("tainted.workspace", folder)}
    AND ${stillCounts("tainted.workspace", "tainted.ended_at_ms", folder)}`;

/** SQL of the rows of `tainted_folders` that are the folder, or one around or inside it. */
const taintingRows = (folder: string) =>
  `tainted_folders kept WHERE ${overlap("kept.path", folder)} AND ${stillCounts("kept.path", "kept.created_at_ms", folder)}`;

/**
 * Returns the SQL for whether the folder, or one around or inside it, holds content from outside: an earlier tree left it
 * there, or the folder is one of `tainted_folders`. `folder`: an expression for its path.
 */
export const taintedAt = (folder: string) =>
  `(EXISTS (SELECT 1 FROM ${taintingTrees(folder)}) OR EXISTS (SELECT 1 FROM ${taintingRows(folder)}))`;

/** Trees that work in the folder, or in a folder around or inside it. Trees in folders of their own are in nobody's way. */
const WORKS_THERE = `in_place = 1 AND ${overlap("workspace", "@folder")}`;

/** Title of an open tree that works there: two trees never share a folder. */
export const LOCKED_FOLDER = `SELECT title FROM trees WHERE ended_at_ms IS NULL AND ${WORKS_THERE}`;

export interface FolderTaint {
  /** Null: a tree that has such content works there. */
  atMs: number | null;
  /** Null: the tree was deleted, or wrote its files there from a folder of its own. */
  tree: { id: string; title: string } | null;
}

export interface FolderQueries {
  /** Returns the folders of trees, the last used first. */
  recent(limit: number): string[];
  /** Returns the title of the open tree that works there, or in a folder around or inside it; null: none. */
  lockedBy(folder: string): string | null;
  /** Returns the newest tree that a person started in exactly this folder; null: none. */
  lastTree(folder: string): TreeMention | null;
  /** Whether the folder, or one around or inside it, holds content from outside; see `taintedAt`. */
  isTainted(folder: string): boolean;
  /** Returns when content from outside came there for the last time, and the newest tree that left some; null: there is none. */
  taintOf(folder: string): FolderTaint | null;
}

export function createFolderQueries(sqlite: Sqlite): FolderQueries {
  const recent = sqlite
    .prepare("SELECT workspace FROM trees WHERE in_place = 1 GROUP BY workspace ORDER BY max(id) DESC LIMIT ?")
    .pluck();
  const locked = sqlite.prepare(LOCKED_FOLDER).pluck();
  const last = sqlite.prepare(`
    SELECT tree.uid AS id, tree.title, ${TREE_STATUS} AS status
    FROM trees tree JOIN tasks root ON root.id = tree.root_id
    WHERE tree.in_place = 1 AND tree.workspace = @folder AND tree.is_system = 0 AND tree.archive_hash IS NULL
    ORDER BY tree.id DESC LIMIT 1`);
  const tainted = sqlite.prepare(`SELECT ${taintedAt("@folder")}`).pluck();
  const taintingTree = sqlite.prepare(`
    SELECT tainted.uid AS id, tainted.title, tainted.ended_at_ms AS atMs FROM ${taintingTrees("@folder")}
    ORDER BY tainted.ended_at_ms IS NULL DESC, tainted.ended_at_ms DESC LIMIT 1`);
  const taintingRow = sqlite.prepare(`SELECT max(kept.created_at_ms) FROM ${taintingRows("@folder")}`).pluck();
  return {
    recent: (limit) => recent.all(limit) as string[],
    lockedBy: (folder) => {
      const title = locked.get({ folder }) as string | undefined;
      return title === undefined ? null : withoutDisguise(title);
    },
    lastTree: (folder) => {
      const tree = last.get({ folder }) as TreeMention | undefined;
      return tree ? { ...tree, title: withoutDisguise(tree.title) } : null;
    },
    isTainted: (folder) => tainted.get({ folder }) === 1,
    taintOf(folder) {
      const tree = taintingTree.get({ folder }) as { id: string; title: string; atMs: number | null } | undefined;
      const rowMs = taintingRow.get({ folder }) as number | null;
      if (tree && (tree.atMs === null || tree.atMs >= (rowMs ?? 0)))
        return { atMs: tree.atMs, tree: { id: tree.id, title: withoutDisguise(tree.title) } };
      return rowMs === null ? null : { atMs: rowMs, tree: null };
    },
  };
}
