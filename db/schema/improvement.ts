/** Tables of the improvement loop: faults of tasks, looks of the review agent, and what it proposed; see schema.ts. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { id, taskId, treeId } from "./schema";

/** What went wrong, read from the log. A task counts once in each kind. */
export const faults = sqliteTable(
  "faults",
  {
    kind: text("kind").notNull(),
    taskId: taskId(),
    treeId: treeId(),
    agent: text("agent").notNull(),
    reason: text("reason").notNull(),
    signature: text("signature").notNull(),
    quote: text("quote").notNull(),
    /** The message that shows it. */
    seq: integer("seq"),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.taskId] }),
    index("faults_at").on(table.atMs),
    index("faults_of_task").on(table.taskId),
    index("faults_of_tree").on(table.treeId),
  ],
);

/**
 * Failures by the kinds of `core/failures`, read from the log. A kind counts once in each turn of a task; a failed round
 * counts for its goal.
 */
export const failures = sqliteTable(
  "failures",
  {
    kind: text("kind").notNull(),
    taskId: taskId(),
    treeId: treeId(),
    /** For a round of a goal, its number. */
    turn: integer("turn").notNull(),
    agent: text("agent").notNull(),
    /** The person's folder, or the address of the repository that was cloned; null for a folder of its own. */
    repository: text("repository"),
    /** The message that shows it. */
    seq: integer("seq").notNull(),
    atMs: integer("at_ms").notNull(),
    /** A person steered or retried the task, or the task above it, or gave it more, afterwards. */
    isHelped: integer("is_helped").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.taskId, table.turn] }),
    index("failures_at").on(table.atMs),
    index("failures_of_agent").on(table.agent, table.atMs),
    index("failures_of_repository").on(table.repository, table.atMs).where(sql`repository IS NOT NULL`),
    index("failures_of_task").on(table.taskId),
    index("failures_of_tree").on(table.treeId),
  ],
);

/** Looks at the faults. A look is stored before its tree, so that a process killed in between begins no second one. */
export const looks = sqliteTable("improvement_looks", {
  id: id(),
  uid: text("uid").notNull().unique(),
  cause: text("cause", { enum: ["night", "faults", "person"] }).notNull(),
  by: text("by"),
  atMs: integer("at_ms").notNull(),
  /** JSON of `FaultKind[]`: what the agent was given. */
  kinds: text("kinds").notNull(),
  /** Public id of its tree, which may not be there yet (`is_opened`) or not any more; null: it needs none. */
  tree: text("tree"),
  isOpened: integer("is_opened").notNull().default(0),
  /** Why there is no tree. */
  note: text("note"),
});

/** Its proposals, kept beside their review items: deleting the tree must not make a rejected proposal new. */
export const lookProposals = sqliteTable("improvement_proposals", {
  /** Public id of the review item. */
  review: text("review").primaryKey(),
  lookId: integer("look_id").notNull(),
  kind: text("kind", { enum: ["agent", "document"] }).notNull(),
  name: text("name").notNull(),
  baseVersion: integer("base_version"),
  body: text("body").notNull(),
  /** JSON: ids of the kinds of faults that it would prevent. */
  faults: text("faults").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** Flags that the review agent was given, each once. A row is stored before the tree of its look, as for looks at faults. */
export const flagLooks = sqliteTable("flag_looks", {
  /** Public id of the flag's review item, which may be deleted with its tree. */
  review: text("review").primaryKey(),
  /** Public id of the look's tree, which several flags of one tree share. */
  tree: text("tree").notNull(),
  /** Public id of the tree in which the flag was raised. */
  about: text("about").notNull(),
  isOpened: integer("is_opened").notNull().default(0),
  /** Whether what the agent found is beside the flag. */
  isTold: integer("is_told").notNull().default(0),
});
