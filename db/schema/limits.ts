/** The table of the governor's events, which belong to no tree; see schema.ts. */
import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A change of a limit's level, or an emergency stop. The governor's state is the fold of these rows. */
export const limitEvents = sqliteTable(
  "limit_events",
  {
    id: integer("id").primaryKey(),
    uid: text("uid").notNull().unique(),
    atMs: integer("at_ms").notNull(),
    name: text("name").notNull(),
    kind: text("kind", { enum: ["level", "again", "stop"] }).notNull(),
    level: text("level", { enum: ["ok", "notice", "warning", "limit"] }).notNull(),
    was: text("was", { enum: ["ok", "notice", "warning", "limit"] }).notNull(),
    used: real("used"),
    max: real("max"),
    /** Of a quota: the provider. */
    about: text("about"),
    isAlert: integer("is_alert").notNull(),
  },
  (table) => [index("limit_events_at").on(table.atMs), index("limit_events_of").on(table.name)],
);
