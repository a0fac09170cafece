/** The folders of a tree beside its own one; see schema.ts. */
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
    /** Public id of the task whose own it is. */
    taskUid: text("task_uid").notNull().unique(),
    /** Public id of the task whose own folder it is a copy of; null: of the tree's. */
    copiedFrom: text("copied_from"),
    /** The snapshot that it began with, or that was merged back last: what changed since is merged. Null: it was not needed yet. */
    base: text("base"),
    /** The newest snapshot of it; null while nothing has changed in it. */
    snapshot: text("snapshot"),
    /** As for the tree's folder, and copied with it. */
    isTainted: integer("is_tainted").notNull().default(0),
  },
  (table) => [index("folders_of_tree").on(table.treeId)],
);
