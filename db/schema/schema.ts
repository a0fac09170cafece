/**
 * The tables. What a task is stands in `messages`, append-only; `tasks` holds what is derived from it, written in the
 * same transaction, plus what belongs to scheduling (lease, holds, unread letters). Every table that grows carries
 * `tree_id`. Keys inside are integers; `uid` is what people and programs see. Times are milliseconds since 1970,
 * money is micro-dollars. Migrations under drizzle/ are generated from this file and then made STRICT.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const id = () => integer("id").primaryKey();
export const treeId = () =>
  integer("tree_id")
    .notNull()
    .references(() => trees.id, { onDelete: "cascade" });
export const taskId = () =>
  integer("task_id")
    .notNull()
    .references(() => tasks.id, { onDelete: "cascade" });
export const createdAtMs = () => integer("created_at_ms").notNull();
const count = (name: string) => integer(name).notNull().default(0);

export const trees = sqliteTable(
  "trees",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    title: text("title").notNull(),
    rootId: integer("root_id"),
    /** A folder on this machine; `in_place` when a person named it, so that it is locked to this tree and never deleted. */
    workspace: text("workspace").notNull(),
    inPlace: integer("in_place").notNull(),
    priority: count("priority"),
    createdBy: text("created_by").notNull(),
    capTokens: integer("cap_tokens"),
    capMicroUsd: integer("cap_micro_usd"),
    capTasks: integer("cap_tasks"),
    capDepth: integer("cap_depth"),
    capSeconds: integer("cap_seconds"),
    tokensIn: count("tokens_in"),
    tokensOut: count("tokens_out"),
    microUsd: count("micro_usd"),
    tasksTotal: count("tasks_total"),
    tasksEnded: count("tasks_ended"),
    /** Tasks that are not finishing tasks: what the limits count. */
    workTotal: count("work_total"),
    createdAtMs: createdAtMs(),
    endedAtMs: integer("ended_at_ms"),
    /** Public id of the tree that it is a fork of, and the message up to which it was copied. */
    forkedFrom: text("forked_from"),
    forkSeq: integer("fork_seq"),
    /** A snapshot that is checked out into the workspace before the first tool needs it; null once it is. */
    pendingSnapshot: text("pending_snapshot"),
    /** Of the totals, what was copied with a fork and not spent by this tree. */
    copiedTokens: count("copied_tokens"),
    copiedMicroUsd: count("copied_micro_usd"),
    /** The newest snapshot of the workspace; null while nothing has changed in it. */
    snapshot: text("snapshot"),
    /** The host's own: a question to the supervisor agent. */
    isSystem: count("is_system"),
    /** Outside content was read by a task that works in the shared folder: all who share it count as tainted. */
    isTainted: count("is_tainted"),
  },
  (table) => [index("trees_open").on(table.id).where(sql`ended_at_ms IS NULL`)],
);

export const tasks = sqliteTable(
  "tasks",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    treeId: treeId(),
    parentId: integer("parent_id"),
    role: text("role", { enum: ["work", "finishing"] }).notNull(),
    purpose: text("purpose", { enum: ["evaluate", "summarize", "document"] }),
    agent: text("agent").notNull(),
    model: text("model").notNull(),
    title: text("title").notNull(),
    depth: integer("depth").notNull(),
    priority: count("priority"),
    // Derived from the log.
    status: text("status", {
      enum: ["ready", "running", "waiting", "parked", "succeeded", "failed", "stopped"],
    }).notNull(),
    reason: text("reason"),
    detail: text("detail"),
    /** What it waits for; of a parked task only `daily_cap`, or nothing: its model's provider. */
    waitKind: text("wait_kind", {
      enum: ["subtasks", "predecessors", "finishing", "answer", "approval", "daily_cap"],
    }),
    parkedUntilMs: integer("parked_until_ms"),
    attempt: integer("attempt").notNull().default(1),
    length: count("length"),
    turns: count("turns"),
    headline: text("headline").notNull().default(""),
    tokensIn: count("tokens_in"),
    tokensOut: count("tokens_out"),
    microUsd: count("micro_usd"),
    /** The message that ended it, which holds result, summary and verdict. */
    resultSeq: integer("result_seq"),
    // Grants: what it may spend, what is reserved for a call in flight, what its subtasks were given.
    grantTokens: integer("grant_tokens"),
    grantMicroUsd: integer("grant_micro_usd"),
    grantTasks: integer("grant_tasks"),
    grantDepth: integer("grant_depth"),
    grantSeconds: integer("grant_seconds"),
    reservedTokens: count("reserved_tokens"),
    reservedMicroUsd: count("reserved_micro_usd"),
    givenTokens: count("given_tokens"),
    givenMicroUsd: count("given_micro_usd"),
    givenTasks: count("given_tasks"),
    // Scheduling; fruitless leases in a row ended before the task took a step forward.
    lease: count("lease"),
    fruitlessLeases: count("fruitless_leases"),
    workerId: integer("worker_id"),
    /** Open pause records that cover it. */
    holds: count("holds"),
    /** A stop lies in its letters: it is claimed even when it is held. */
    stopRequested: count("stop_requested"),
    letters: count("letters"),
    /** Its parent waits for it. */
    awaited: count("awaited"),
    /** Where seconds are capped: tasks of the branch that run now, since when at least one does, for how long before. */
    activeCount: count("active_count"),
    activeSinceMs: integer("active_since_ms"),
    activeMs: count("active_ms"),
    /** Under manual stepping: how many turns may have begun. */
    turnsAllowed: count("turns_allowed"),
    createdAtMs: createdAtMs(),
    startedAtMs: integer("started_at_ms"),
    endedAtMs: integer("ended_at_ms"),
    /** The task that it was copied from by a fork. */
    originId: integer("origin_id"),
  },
  (table) => [
    index("tasks_of_tree").on(table.treeId),
    index("tasks_of_parent").on(table.parentId).where(sql`parent_id IS NOT NULL`),
    index("tasks_ready").on(sql`priority DESC`, table.id).where(sql`status = 'ready'`),
    index("tasks_running").on(table.workerId).where(sql`status = 'running'`),
    index("tasks_stopped").on(table.workerId).where(sql`stop_requested = 1`),
    /** What goes on by itself at a time: parked tasks, and those whose question is answered by then or never. */
    index("tasks_timed").on(table.parkedUntilMs).where(sql`parked_until_ms IS NOT NULL`),
    index("tasks_open").on(table.treeId).where(sql`ended_at_ms IS NULL`),
    index("tasks_awaited").on(table.parentId).where(sql`awaited = 1 AND ended_at_ms IS NULL`),
  ],
);

export const dependencies = sqliteTable(
  "dependencies",
  { taskId: taskId(), onId: integer("on_id").notNull(), treeId: treeId() },
  (table) => [primaryKey({ columns: [table.taskId, table.onId] }), index("dependencies_on").on(table.onId)],
);

/** One row an attempt: a retry starts a new one. */
export const attempts = sqliteTable(
  "attempts",
  {
    taskId: taskId(),
    attempt: integer("attempt").notNull(),
    treeId: treeId(),
    status: text("status", { enum: ["succeeded", "failed", "stopped"] }).notNull(),
    reason: text("reason"),
    resultSeq: integer("result_seq").notNull(),
    endedAtMs: integer("ended_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.attempt] })],
);

/** The log. `id` is what a message shows as `seq`: it grows strictly, also across trees, and is never used twice. */
export const messages = sqliteTable(
  "messages",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    treeId: treeId(),
    taskId: taskId(),
    turn: integer("turn").notNull(),
    /** Index into KINDS of rows.ts. */
    kind: integer("kind").notNull(),
    tool: text("tool"),
    callId: text("call_id"),
    /** JSON; null when it is in `blob_id`. */
    body: text("body"),
    blobId: integer("blob_id"),
    createdAtMs: createdAtMs(),
    /** The message that it was copied from by a fork. */
    originSeq: integer("origin_seq"),
  },
  (table) => [index("messages_of_task").on(table.taskId), index("messages_of_tree").on(table.treeId)],
);

/** Bodies over 32 KB: deflated, stored once, counted. */
export const blobs = sqliteTable("blobs", {
  id: id(),
  hash: blob("hash", { mode: "buffer" }).notNull().unique(),
  sizeBytes: integer("size_bytes").notNull(),
  uses: integer("uses").notNull(),
  data: blob("data", { mode: "buffer" }).notNull(),
});

/** What was sent to a task and is not in its log yet; deleted by the record that takes it in. */
export const letters = sqliteTable(
  "letters",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    treeId: treeId(),
    taskId: taskId(),
    body: text("body").notNull(),
    createdAtMs: createdAtMs(),
  },
  (table) => [index("letters_of_task").on(table.taskId)],
);

/** A pause masks the derived status of a task, or of it and all below it, until it is closed. */
export const pauses = sqliteTable(
  "pauses",
  {
    id: id(),
    treeId: treeId(),
    taskId: taskId(),
    scope: text("scope", { enum: ["task", "branch", "step"] }).notNull(),
    by: text("by").notNull(),
    createdAtMs: createdAtMs(),
    closedBy: text("closed_by"),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [index("pauses_open").on(table.treeId).where(sql`closed_at_ms IS NULL`)],
);
/** What was spent on each day (UTC), by the person who submitted the tree: caps over all trees are checked against it. */
export const dailySpend = sqliteTable(
  "daily_spend",
  {
    day: text("day").notNull(),
    person: text("person").notNull(),
    tokens: count("tokens"),
    microUsd: count("micro_usd"),
  },
  (table) => [primaryKey({ columns: [table.day, table.person] })],
);
/** A process that works. A lease names its holder by this row; the row says how to find out whether the holder lives. */
export const workers = sqliteTable("workers", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  role: text("role", { enum: ["all", "web", "worker", "run"] }).notNull(),
  pid: integer("pid").notNull(),
  pidNamespace: text("pid_namespace").notNull(),
  processStart: text("process_start").notNull(),
  bootId: text("boot_id").notNull(),
  address: text("address"),
  heartbeat: count("heartbeat"),
  startedAtMs: integer("started_at_ms").notNull(),
  /** When the heartbeat was last written; null: never. */
  seenAtMs: integer("seen_at_ms"),
});

/** Every version that a piece of configuration ever had; never changed, never deleted. */
export const configVersions = sqliteTable(
  "config_versions",
  {
    kind: text("kind", { enum: ["agent", "document", "tool", "runbook"] }).notNull(),
    name: text("name").notNull(),
    version: integer("version").notNull(),
    /** JSON of the seed shapes. */
    body: text("body").notNull(),
    origin: text("origin", { enum: ["seed", "person", "proposal"] }).notNull(),
    by: text("by").notNull(),
    why: text("why").notNull(),
    createdAtMs: createdAtMs(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.name, table.version] })],
);

/** One live row an entry of configuration; what it says is the version it points to. Deleted entries lose this row only. */
const configured = {
  name: text("name").primaryKey(),
  version: integer("version").notNull(),
  description: text("description").notNull(),
  /** Hash of the seed that was last applied or offered; a live version that no seed wrote is never overwritten. */
  seedHash: text("seed_hash"),
  updatedAtMs: integer("updated_at_ms").notNull(),
};

export const agents = sqliteTable("agents", configured);
export const documents = sqliteTable("documents", configured);
export const runbooks = sqliteTable("runbooks", configured);
export const tools = sqliteTable("tools", configured);

/** A change of configuration that waits for a decision: not part of any prompt until it is approved. */
export const proposals = sqliteTable("proposals", {
  id: id(),
  reviewId: integer("review_id"),
  kind: text("kind", { enum: ["agent", "document", "tool", "runbook"] }).notNull(),
  name: text("name").notNull(),
  /** The live version that it would replace; null: it is new. */
  baseVersion: integer("base_version"),
  body: text("body").notNull(),
  /** SHA-256 of the body: what a decision is about, exactly. */
  hash: text("hash").notNull(),
  why: text("why").notNull().default(""),
  status: text("status", { enum: ["open", "approved", "rejected", "withdrawn"] }).notNull(),
  proposedBy: text("proposed_by").notNull(),
  createdAtMs: createdAtMs(),
});

/** The whole output of a call whose response shows only a part; an agent pages through it with `read_output`. */
export const outputs = sqliteTable(
  "outputs",
  {
    id: id(),
    treeId: treeId(),
    taskId: taskId(),
    callId: text("call_id").notNull(),
    turn: integer("turn").notNull(),
    chars: integer("chars").notNull(),
    blobId: integer("blob_id").notNull(),
  },
  (table) => [index("outputs_of_task").on(table.taskId), index("outputs_of_tree").on(table.treeId)],
);

/** Small facts about the database as a whole: how far the search index has come, and the like. */
export const facts = sqliteTable("facts", { name: text("name").primaryKey(), value: text("value").notNull() });
