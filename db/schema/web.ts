/** The table of the HTTP API. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Answers to requests with an `Idempotency-Key`, kept for a day: see lib/http/idempotency.ts. */
export const answers = sqliteTable(
  "answers",
  {
    /** Hash of the key and its sender. */
    hash: text("hash").primaryKey(),
    requestHash: text("request_hash").notNull(),
    status: integer("status").notNull(),
    body: text("body").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [index("answers_by_age").on(table.createdAtMs)],
);
