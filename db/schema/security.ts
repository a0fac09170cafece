/** The tables of people, tokens, secrets and the audit, and of what became of tools. They belong to no tree; see schema.ts. */
import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const id = () => integer("id").primaryKey();
const createdAtMs = () => integer("created_at_ms").notNull();
const count = (name: string) => integer(name).notNull().default(0);

export const sessions = sqliteTable("sessions", {
  hash: text("hash").primaryKey(),
  expiresAtMs: integer("expires_at_ms").notNull(),
  /** Null: whoever opened the one-time link, who is the machine's owner. */
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
});

/** People who may sign in. Somebody who was removed keeps the row, so that what they did keeps its name. */
export const users = sqliteTable("users", {
  id: id(),
  uid: text("uid").notNull().unique(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: ["viewer", "operator", "reviewer", "admin"] }).notNull(),
  createdAtMs: createdAtMs(),
  removedAtMs: integer("removed_at_ms"),
});

/** Only the hash of a token is kept; it was shown once. */
export const apiTokens = sqliteTable("api_tokens", {
  id: id(),
  uid: text("uid").notNull().unique(),
  hash: text("hash").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: ["viewer", "operator", "reviewer", "admin"] }).notNull(),
  /** Public id of the one task that it may see; null: everything that its role may. */
  task: text("task"),
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
  expiresAtMs: integer("expires_at_ms"),
  lastUsedAtMs: integer("last_used_at_ms"),
  revokedBy: text("revoked_by"),
  revokedAtMs: integer("revoked_at_ms"),
});

/** Encrypted with a key that is kept outside the database; see lib/secrets. */
export const secrets = sqliteTable("secrets", {
  name: text("name").primaryKey(),
  keyId: text("key_id").notNull(),
  nonce: blob("nonce", { mode: "buffer" }).notNull(),
  /** Ciphertext and tag. */
  data: blob("data", { mode: "buffer" }).notNull(),
  lastFour: text("last_four").notNull(),
  updatedBy: text("updated_by").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
});

/**
 * Who did what: append-only, each row with the hash of itself and the row before. It outlives the tree that it tells of.
 * See audit.ts.
 */
export const audit = sqliteTable(
  "audit",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    atMs: integer("at_ms").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** Public id of the tree that it belongs to; empty: none. */
    tree: text("tree").notNull(),
    detail: text("detail").notNull(),
    hash: blob("hash", { mode: "buffer" }).notNull(),
  },
  (table) => [index("audit_of_tree").on(table.tree)],
);

/** What became of a tool or a server so far, by its name as agents call it. */
export const toolStates = sqliteTable("tool_states", {
  name: text("name").primaryKey(),
  calls: count("calls"),
  failures: count("failures"),
  durationMs: count("duration_ms"),
  lastUsedAtMs: integer("last_used_at_ms"),
  /** Why it is not offered at present: its schema changed since it was approved, or it failed its probe. */
  quarantine: text("quarantine"),
  validatedAtMs: integer("validated_at_ms"),
});
