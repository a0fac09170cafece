/**
 * The tables. `messages` is the append-only truth about a task. `tasks` holds columns derived from it, written in the
 * same transaction, and columns of the scheduler (lease, holds, unread letters). Every growing table has `tree_id`.
 * Internal keys are integers; people and programs see `uid`. Times are milliseconds since 1970, money is in
 * micro-dollars. Migrations under drizzle/ are generated from this file and then made STRICT.
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
    /** A folder on this machine. `in_place` when a person named it: then it is locked for this tree and never deleted. */
    workspace: text("workspace").notNull(),
    inPlace: integer("in_place").notNull(),
    /** Its folder held files when its first task began, also of a fork whose origin began so: its first snapshot is what was there. */
    hadFiles: count("had_files"),
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
    /** Which tasks these four count: see `db/records/tree-counts.ts`. Failed and stopped ones are among those that ended. */
    tasksTotal: count("tasks_total"),
    tasksEnded: count("tasks_ended"),
    tasksFailed: count("tasks_failed"),
    tasksStopped: count("tasks_stopped"),
    /** Number of tasks without finishing tasks, which the limits count. */
    workTotal: count("work_total"),
    createdAtMs: createdAtMs(),
    endedAtMs: integer("ended_at_ms"),
    /** For a fork, the public id of its origin and the last copied message. */
    forkedFrom: text("forked_from"),
    forkSeq: integer("fork_seq"),
    /** A snapshot to check out into the workspace before the first tool needs it; null afterwards. */
    pendingSnapshot: text("pending_snapshot"),
    /** The part of the totals that a fork copied and did not spend itself. */
    copiedTokens: count("copied_tokens"),
    copiedMicroUsd: count("copied_micro_usd"),
    /** The newest snapshot of the workspace; null while nothing has changed in it. */
    snapshot: text("snapshot"),
    /** Whether the host made the tree, to ask the supervisor agent. */
    isSystem: count("is_system"),
    /** Whether a task in the shared folder has read outside content, which taints all tasks that share it. */
    isTainted: count("is_tainted"),
    /** Who pinned the tree: it then stays whatever retention says. */
    pinnedBy: text("pinned_by"),
    pinnedAtMs: integer("pinned_at_ms"),
    /**
     * Key of the repository that its folder is, or began as a copy of (`repositoryKey`); null for a fresh folder. A tree from
     * before this column gets it from its log.
     */
    repository: text("repository"),
    /** When the first person saw that it failed. Before this column existed, only the facts of persons say so. */
    seenAtMs: integer("seen_at_ms"),
    /**
     * The hash of the archive's rows, for a tree that was read from an archive: nothing can change it, and it counts
     * nowhere.
     */
    archiveHash: text("archive_hash"),
  },
  (table) => [
    index("trees_open").on(table.id).where(sql`ended_at_ms IS NULL`),
    /** In the order in which retention removes them. */
    index("trees_by_end").on(table.endedAtMs, table.id).where(sql`ended_at_ms IS NOT NULL`),
    index("trees_in_place").on(table.workspace).where(sql`in_place = 1`),
    index("trees_of_repository").on(table.repository).where(sql`repository IS NOT NULL`),
    index("trees_forked").on(table.forkedFrom).where(sql`forked_from IS NOT NULL`),
    /** SQLite chooses `trees_by_end` instead. It stays, because migrations only add (decision 16). */
    index("trees_ended").on(table.endedAtMs, table.id).where(sql`ended_at_ms IS NOT NULL AND is_system = 0`),
  ],
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
    /** What the task waits for. For a parked task what parked it, see `ParkedBy`; null: its model's provider. */
    waitKind: text("wait_kind", {
      enum: ["subtasks", "predecessors", "finishing", "answer", "approval", "daily_cap", "model_gone", "interrupted"],
    }),
    parkedUntilMs: integer("parked_until_ms"),
    attempt: integer("attempt").notNull().default(1),
    length: count("length"),
    turns: count("turns"),
    headline: text("headline").notNull().default(""),
    /** Number of subtasks that the task asked for and did not get. */
    refused: count("refused"),
    tokensIn: count("tokens_in"),
    tokensOut: count("tokens_out"),
    microUsd: count("micro_usd"),
    /** The message that ended the task, with result, summary and verdict. */
    resultSeq: integer("result_seq"),
    // Grants: the task's caps, the reservation for a call in flight, and the shares of its subtasks.
    grantTokens: integer("grant_tokens"),
    grantMicroUsd: integer("grant_micro_usd"),
    grantTasks: integer("grant_tasks"),
    grantDepth: integer("grant_depth"),
    grantSeconds: integer("grant_seconds"),
    // See `Task.grant_needed`.
    neededTokens: integer("needed_tokens"),
    neededMicroUsd: integer("needed_micro_usd"),
    reservedTokens: count("reserved_tokens"),
    reservedMicroUsd: count("reserved_micro_usd"),
    givenTokens: count("given_tokens"),
    givenMicroUsd: count("given_micro_usd"),
    givenTasks: count("given_tasks"),
    // Scheduling. `fruitless_leases` counts consecutive leases without progress.
    lease: count("lease"),
    fruitlessLeases: count("fruitless_leases"),
    workerId: integer("worker_id"),
    /** Number of open pauses that cover the task. */
    holds: count("holds"),
    /** Whether a stop is among its letters: then workers claim the task even when it is paused. */
    stopRequested: count("stop_requested"),
    letters: count("letters"),
    /** Whether its parent waits for it. */
    awaited: count("awaited"),
    /** Only where seconds are capped: running tasks of the branch, since when at least one runs, and the time before. */
    activeCount: count("active_count"),
    activeSinceMs: integer("active_since_ms"),
    activeMs: count("active_ms"),
    /** Under manual stepping, the highest turn that may begin. */
    turnsAllowed: count("turns_allowed"),
    createdAtMs: createdAtMs(),
    startedAtMs: integer("started_at_ms"),
    endedAtMs: integer("ended_at_ms"),
    /** The task that a fork copied; of a tree that was read from an archive: the task itself. */
    originId: integer("origin_id"),
  },
  (table) => [
    index("tasks_of_tree").on(table.treeId),
    index("tasks_of_parent").on(table.parentId).where(sql`parent_id IS NOT NULL`),
    index("tasks_ready").on(sql`priority DESC`, table.id).where(sql`status = 'ready'`),
    index("tasks_running").on(table.workerId).where(sql`status = 'running'`),
    index("tasks_stopped").on(table.workerId).where(sql`stop_requested = 1`),
    /** Tasks that continue at a time by themselves: parked tasks, and tasks whose question times out. */
    index("tasks_timed").on(table.parkedUntilMs).where(sql`parked_until_ms IS NOT NULL`),
    index("tasks_open").on(table.treeId).where(sql`ended_at_ms IS NULL`),
    /** Rounds of goals, which the governor counts. */
    index("tasks_rounds").on(table.startedAtMs).where(sql`model = 'iteration'`),
    index("tasks_awaited").on(table.parentId).where(sql`awaited = 1 AND ended_at_ms IS NULL`),
  ],
);

export const dependencies = sqliteTable(
  "dependencies",
  { taskId: taskId(), onId: integer("on_id").notNull(), treeId: treeId() },
  (table) => [
    primaryKey({ columns: [table.taskId, table.onId] }),
    index("dependencies_on").on(table.onId),
    /** Deleting a tree deletes by it. */
    index("dependencies_of_tree").on(table.treeId),
  ],
);

/** One row per attempt; a retry starts a new attempt. */
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
  (table) => [
    primaryKey({ columns: [table.taskId, table.attempt] }),
    /** Deleting a tree deletes by it. */
    index("attempts_of_tree").on(table.treeId),
  ],
);

/** The log. People see `id` as a message's `seq`: it grows strictly, also across trees, and is never reused. */
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
    /** JSON; null when the body is in a blob. */
    body: text("body"),
    blobId: integer("blob_id"),
    createdAtMs: createdAtMs(),
    /** The message that a fork copied, or its number in the archive from which it was read. */
    originSeq: integer("origin_seq"),
  },
  (table) => [index("messages_of_task").on(table.taskId), index("messages_of_tree").on(table.treeId)],
);

/** Bodies over 32 KB: compressed, stored once for equal bodies, with a count of their uses. */
export const blobs = sqliteTable(
  "blobs",
  {
    id: id(),
    hash: blob("hash", { mode: "buffer" }).notNull().unique(),
    sizeBytes: integer("size_bytes").notNull(),
    uses: integer("uses").notNull(),
    data: blob("data", { mode: "buffer" }).notNull(),
  },
  (table) => [
    /** Deleting a tree looks for them. */
    index("blobs_unused").on(table.id).where(sql`uses <= 0`),
  ],
);

/** Letters to a task that are not in its log yet. The record that adds a letter to the log deletes it here. */
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

/** A pause masks the stored status of a task, or of a task and all tasks below it, until it is closed. */
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
/** Spend per day (UTC) and person who submitted the tree, for the daily caps over all trees. */
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
/** A process that works. A lease refers to its holder's row, which tells how to check whether the process is alive. */
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
  /** Time of the last heartbeat; null before the first. */
  seenAtMs: integer("seen_at_ms"),
  /** Identifies the launcher's folder; null without a launcher, like the two below. */
  home: text("home"),
  /** Grows with each launch: the holders of earlier launches have ended, wherever they ran. */
  launch: integer("launch"),
  release: integer("release"),
});

/** Every version of every configuration entry. Versions are never changed or deleted. */
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

/** One row per live configuration entry, which points to its version. Deleting an entry deletes only this row. */
const configured = {
  name: text("name").primaryKey(),
  version: integer("version").notNull(),
  description: text("description").notNull(),
  /** Hash of the seed last applied or offered. Seeds never overwrite a live version that no seed wrote. */
  seedHash: text("seed_hash"),
  updatedAtMs: integer("updated_at_ms").notNull(),
};

export const agents = sqliteTable("agents", configured);
export const documents = sqliteTable("documents", configured);
export const runbooks = sqliteTable("runbooks", configured);
export const tools = sqliteTable("tools", configured);

/** A proposed change of configuration. No prompt contains it until a person approves it. */
export const proposals = sqliteTable("proposals", {
  id: id(),
  reviewId: integer("review_id"),
  kind: text("kind", { enum: ["agent", "document", "tool", "runbook", "code"] }).notNull(),
  name: text("name").notNull(),
  /** The live version that it would replace; null for a new entry. */
  baseVersion: integer("base_version"),
  body: text("body").notNull(),
  /** SHA-256 of the body, which binds a decision to exactly this body. */
  hash: text("hash").notNull(),
  why: text("why").notNull().default(""),
  status: text("status", { enum: ["open", "approved", "rejected", "withdrawn"] }).notNull(),
  proposedBy: text("proposed_by").notNull(),
  createdAtMs: createdAtMs(),
  /** The version that its approval made; null: not approved, or approved before versions could be on trial. */
  version: integer("version"),
});

/** The whole output of a call whose response shows only a part. Agents read it in pages with `read_output`. */
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

/** Images and PDF files of calls' responses. A blob's hash is the attachment's id in the log. */
export const attachments = sqliteTable(
  "attachments",
  {
    id: id(),
    treeId: treeId(),
    taskId: taskId(),
    turn: integer("turn").notNull(),
    blobId: integer("blob_id").notNull(),
  },
  (table) => [index("attachments_of_task").on(table.taskId), index("attachments_of_tree").on(table.treeId)],
);

/** Small facts about the whole database, such as the progress of the search index. */
export const facts = sqliteTable("facts", { name: text("name").primaryKey(), value: text("value").notNull() });
