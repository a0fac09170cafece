/** The table of proofs that people share by link; see schema.ts. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createdAtMs, id, treeId } from "./schema";

/** A frozen proof, which whoever knows the secret of its link can read until it ends. It goes with its tree. */
export const sharedProofs = sqliteTable(
  "shared_proofs",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    treeId: treeId(),
    /** The public id of the task that it is about; null: of the whole tree. */
    task: text("task"),
    /** SHA-256 of the secret in the link, which is stored nowhere. */
    linkHash: text("link_hash").notNull().unique(),
    /** JSON of the proof without secrets; empty once the link has ended. */
    body: text("body").notNull(),
    /** SHA-256 of the body as it was shared. */
    bodyHash: text("body_hash").notNull(),
    createdBy: text("created_by").notNull(),
    createdAtMs: createdAtMs(),
    expiresAtMs: integer("expires_at_ms").notNull(),
    endedBy: text("ended_by"),
    endedAtMs: integer("ended_at_ms"),
  },
  (table) => [index("shared_proofs_of_tree").on(table.treeId, table.id)],
);
