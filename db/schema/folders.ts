/** The tables of tasks' own folders, and of persons' folders with content from outside; see schema.ts. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { trees } from "./schema";

/** A task's own folder: a copy that is merged back when the task succeeds. */
export const folders = sqliteTable(
  "folders",
  {
    id: integer("id").primaryKey(),
    treeId: integer("tree_id")
      .notNull()
      .references(() => trees.id, { onDelete: "cascade" }),
    /** Public id of the task that owns the folder. */
    taskUid: text("task_uid").notNull().unique(),
    /** Public id of the task whose own folder was copied; null when the tree's folder was. */
    copiedFrom: text("copied_from"),
    /** The first snapshot, or the last one merged back: a merge takes the changes since then. Null before the folder was used. */
    base: text("base"),
    /** The newest snapshot; null while nothing has changed. */
    snapshot: text("snapshot"),
    /** As for the tree's folder; a copy inherits it. */
    isTainted: integer("is_tainted").notNull().default(0),
  },
  (table) => [index("folders_of_tree").on(table.treeId)],
);

/**
 * Persons' folders that hold content from outside, of which no tree tells any more: it was deleted, or its files were
 * written there from a folder of its own.
 */
export const taintedFolders = sqliteTable("tainted_folders", {
  path: text("path").primaryKey(),
  /** When the newest of it came there. */
  createdAtMs: integer("created_at_ms").notNull(),
});

/**
 * Persons' folders that somebody said are clean: content from outside that came there, or into a folder inside, until then
 * no longer counts.
 */
export const cleanFolders = sqliteTable("clean_folders", {
  path: text("path").primaryKey(),
  atMs: integer("at_ms").notNull(),
  /** Name of the person. */
  by: text("by").notNull(),
});
