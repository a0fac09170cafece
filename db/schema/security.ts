/** The tables of people, tokens, secrets, the audit and tool states. They belong to no tree; see schema.ts. */
import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const id = () => integer("id").primaryKey();
const createdAtMs = () => integer("created_at_ms").notNull();
const count = (name: string) => integer(name).notNull().default(0);

export const sessions = sqliteTable("sessions", {
  hash: text("hash").primaryKey(),
  expiresAtMs: integer("expires_at_ms").notNull(),
  /** Null for the machine's owner, who signed in with the one-time link. */
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
});

/** People who may sign in. A removed user keeps the row, so that their past actions keep a name. */
export const users = sqliteTable("users", {
  id: id(),
  uid: text("uid").notNull().unique(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: ["viewer", "operator", "reviewer", "admin"] }).notNull(),
  createdAtMs: createdAtMs(),
  removedAtMs: integer("removed_at_ms"),
});

/** API tokens, as hashes. The token itself is shown only once, when created. */
export const apiTokens = sqliteTable("api_tokens", {
  id: id(),
  uid: text("uid").notNull().unique(),
  hash: text("hash").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: ["viewer", "operator", "reviewer", "admin"] }).notNull(),
  /** Public id of the only task that it can see; null for everything that its role can see. */
  task: text("task"),
  /** Folders of the machine in which its tasks may work, besides those that are open to everybody: a JSON list of paths. */
  folders: text("folders").notNull().default("[]"),
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
  expiresAtMs: integer("expires_at_ms"),
  lastUsedAtMs: integer("last_used_at_ms"),
  revokedBy: text("revoked_by"),
  revokedAtMs: integer("revoked_at_ms"),
});

/** Secrets, encrypted with a key that is kept outside the database; see lib/secrets. */
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
 * The audit: who did what, append-only. Each row's hash covers the row and the previous hash. Rows stay when their tree
 * is deleted. See audit.ts.
 */
export const audit = sqliteTable(
  "audit",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    atMs: integer("at_ms").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** Public id of the row's tree; empty when it belongs to none. */
    tree: text("tree").notNull(),
    detail: text("detail").notNull(),
    hash: blob("hash", { mode: "buffer" }).notNull(),
  },
  (table) => [index("audit_of_tree").on(table.tree)],
);

/** History of a tool or server, by the name that agents call. */
export const toolStates = sqliteTable("tool_states", {
  name: text("name").primaryKey(),
  calls: count("calls"),
  failures: count("failures"),
  durationMs: count("duration_ms"),
  lastUsedAtMs: integer("last_used_at_ms"),
  /** Why agents cannot use it now: its schema changed since the approval, or it failed its probe. */
  quarantine: text("quarantine"),
  validatedAtMs: integer("validated_at_ms"),
});
