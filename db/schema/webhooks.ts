/** Tables of webhooks and what is sent to them; see schema.ts. They are rows of no tree; its deletion deletes the messages about it. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

const id = () => integer("id").primaryKey();
const createdAtMs = () => integer("created_at_ms").notNull();

export const webhooks = sqliteTable("webhooks", {
  id: id(),
  uid: text("uid").notNull().unique(),
  url: text("url").notNull(),
  /** JSON of the events' names. */
  events: text("events").notNull(),
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
});

/** One message to one webhook. It is stored before the first try, and tried until it is settled. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    /** The webhook's uid, or `settings`. */
    webhook: text("webhook").notNull(),
    /** What it tells, so that nothing is told twice: an item, or one end of a tree. */
    subject: text("subject").notNull(),
    /** The item's uid, while the message only counts as long as the item is open. */
    review: text("review"),
    body: text("body").notNull(),
    status: text("status", { enum: ["waiting", "delivered", "failed", "dropped"] }).notNull(),
    tries: integer("tries").notNull().default(0),
    answer: text("answer"),
    createdAtMs: createdAtMs(),
    triedAtMs: integer("tried_at_ms"),
    /** When it is due. During a try: when it is due if the process dies. */
    nextAtMs: integer("next_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("webhook_deliveries_once").on(table.webhook, table.subject),
    index("webhook_deliveries_due").on(table.nextAtMs).where(sql`status = 'waiting'`),
  ],
);
