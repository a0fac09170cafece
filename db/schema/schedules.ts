/** Tables of schedules and of their times; see schema.ts. They belong to no tree. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { createdAtMs, id } from "./schema";

export const schedules = sqliteTable(
  "schedules",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    name: text("name").notNull(),
    cron: text("cron").notNull(),
    zone: text("zone").notNull(),
    overlap: text("overlap", { enum: ["skip", "beside"] }).notNull(),
    /** JSON of the submission, as the API takes it. */
    submission: text("submission").notNull(),
    /** JSON of the `Actor` who made, changed or resumed it last: its trees have at most that role. */
    maker: text("maker").notNull(),
    /** The first time that was not handled yet; null: no time is left. */
    nextAtMs: integer("next_at_ms"),
    pausedAtMs: integer("paused_at_ms"),
    /** null while `paused_at_ms` is set: Banyan paused it. */
    pausedBy: text("paused_by"),
    pausedWhy: text("paused_why"),
    /** Failed starts in a row. */
    failures: integer("failures").notNull().default(0),
    createdAtMs: createdAtMs(),
    /** A removed schedule keeps its row, because its trees name it. */
    removedAtMs: integer("removed_at_ms"),
  },
  (table) => [index("schedules_due").on(table.nextAtMs).where(sql`paused_at_ms IS NULL AND removed_at_ms IS NULL`)],
);

/** A time of a schedule. It is stored with the id of its tree before the tree, so that a kill leads to no second tree. */
export const scheduleRuns = sqliteTable(
  "schedule_runs",
  {
    id: id(),
    scheduleId: integer("schedule_id")
      .notNull()
      .references(() => schedules.id, { onDelete: "cascade" }),
    dueAtMs: integer("due_at_ms").notNull(),
    cause: text("cause", { enum: ["time", "person"] }).notNull(),
    /** null for the clock. */
    by: text("by"),
    outcome: text("outcome", { enum: ["pending", "begun", "skipped", "failed"] }).notNull(),
    why: text("why"),
    /** Public id of its tree, which may not be there yet; null for a skipped run, and after the tree was deleted. */
    tree: text("tree").unique(),
    /** Public id of the run of an evolution that it began instead of a tree. */
    evolution: text("evolution"),
    /** Public id of the tree that was still running, for a skipped run. */
    blockedBy: text("blocked_by"),
    missed: integer("missed").notNull().default(0),
    missedSinceMs: integer("missed_since_ms"),
    createdAtMs: createdAtMs(),
  },
  (table) => [
    uniqueIndex("schedule_runs_once").on(table.scheduleId, table.dueAtMs, table.cause),
    index("schedule_runs_pending").on(table.id).where(sql`outcome = 'pending'`),
  ],
);
