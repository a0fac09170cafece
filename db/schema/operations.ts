/** The table of measurements, which belongs to no tree; see schema.ts. */
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

/** How the machine and the work stood, a row a minute; see measurements.ts. */
export const measurements = sqliteTable("measurements", {
  /** The minute's beginning. */
  atMs: integer("at_ms").primaryKey(),
  /** Null: not measured yet. */
  cpuPercent: integer("cpu_percent"),
  memoryPercent: integer("memory_percent").notNull(),
  diskPercent: integer("disk_percent").notNull(),
  slotsUsed: integer("slots_used").notNull(),
  queued: integer("queued").notNull(),
  /** Spent up to then since the database was made: differences of two rows are what was spent between them. */
  tokens: integer("tokens").notNull(),
  microUsd: integer("micro_usd").notNull(),
  /** Transactions of that minute, of all processes. */
  commits: integer("commits").notNull(),
});
