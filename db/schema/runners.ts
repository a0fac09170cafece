/** Tables of trees that work on runners; see schema.ts. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tasks, trees } from "./schema";

/** The pool of a tree, and its place: the runner that has its folders. A tree without a row works on the server's machine. */
export const places = sqliteTable(
  "places",
  {
    treeId: integer("tree_id")
      .primaryKey()
      .references(() => trees.id, { onDelete: "cascade" }),
    pool: text("pool").notNull(),
    /** Grows each time the tree moves; 0 before its first place. */
    number: integer("number").notNull().default(0),
    /** Null: it has no place now. */
    runner: text("runner"),
    /** The start of the runner's process. */
    bootId: text("boot_id"),
    /** The newest place that began without what its trees had changed after their snapshots, because the runner before was gone. */
    lostNumber: integer("lost_number").notNull().default(0),
    /** JSON: how its folders began at this place; see db/runners/places.ts. */
    base: text("base").notNull().default("{}"),
    placedAtMs: integer("placed_at_ms"),
  },
  (table) => [index("places_of_pool").on(table.pool), index("places_of_runner").on(table.runner)],
);

/** The pool on which the host checks what a tree claims. A tree without a row is checked where it works. */
export const checkPools = sqliteTable("check_pools", {
  treeId: integer("tree_id")
    .primaryKey()
    .references(() => trees.id, { onDelete: "cascade" }),
  pool: text("pool").notNull(),
  /** Of its last check: grows with each, and is not below Unix time in milliseconds; 0 before the first. */
  number: integer("number").notNull().default(0),
});

/** Checks on runners, until what they left there is removed. */
export const checkPlaces = sqliteTable(
  "check_places",
  {
    taskId: integer("task_id")
      .notNull()
      .references(() => tasks.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    runner: text("runner").notNull(),
    hasEnded: integer("has_ended").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.number] })],
);

/** Runners that a person drains: they keep what runs and get nothing new. */
export const drains = sqliteTable("drains", {
  runner: text("runner").primaryKey(),
  by: text("by").notNull(),
  atMs: integer("at_ms").notNull(),
});
