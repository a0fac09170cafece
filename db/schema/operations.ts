/** Tables of measurements, which belong to no tree; see schema.ts. */
import { integer, primaryKey, sqliteTable } from "drizzle-orm/sqlite-core";

/** Figures of the machine and its work, one row per minute; see measurements.ts. */
export const measurements = sqliteTable("measurements", {
  /** Start of the minute. */
  atMs: integer("at_ms").primaryKey(),
  /** Null before the first measurement. */
  cpuPercent: integer("cpu_percent"),
  memoryPercent: integer("memory_percent").notNull(),
  diskPercent: integer("disk_percent").notNull(),
  slotsUsed: integer("slots_used").notNull(),
  queued: integer("queued").notNull(),
  /** Total spend since the database was created. The difference of two rows is the spend between them. */
  tokens: integer("tokens").notNull(),
  microUsd: integer("micro_usd").notNull(),
  /** Transactions of all processes in that minute. */
  commits: integer("commits").notNull(),
});

/** How many pages the server answered in an hour, by how long they took; see page-times.ts. */
export const pageTimes = sqliteTable(
  "page_times",
  {
    /** Start of the hour. */
    hourMs: integer("hour_ms").notNull(),
    /** A step of time, each 5 % longer than the one before: core/kpis/page-times.ts. */
    step: integer("step").notNull(),
    pages: integer("pages").notNull(),
  },
  (table) => [primaryKey({ columns: [table.hourMs, table.step] })],
);
