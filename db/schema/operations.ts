/** Tables of measurements, which belong to no tree; see schema.ts. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

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

/** What the server counted of its own work; see work-counts.ts. */
export const workCounts = sqliteTable(
  "work_counts",
  {
    /** Days since 1970, UTC; 0: since the beginning. */
    day: integer("day").notNull(),
    /** A family of core/metrics/families.ts. */
    name: text("name").notNull(),
    /** The values of its labels, as a JSON array. */
    labels: text("labels").notNull(),
    /** See `Counted`. */
    upToMs: integer("up_to_ms").notNull(),
    events: integer("events").notNull(),
    sum: real("sum").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.name, table.labels, table.upToMs] })],
);
