/** Tables of the trials of new versions of configuration entries, and of what people say about results; see schema.ts. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { createdAtMs, id, treeId, trees } from "./schema";

/** A version that new trees use in turn with the live one, until the results or a person decide. */
export const trials = sqliteTable(
  "trials",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    kind: text("kind", { enum: ["agent", "document", "tool", "runbook"] }).notNull(),
    name: text("name").notNull(),
    /** The live version when it began, and the candidate. */
    baseVersion: integer("base_version").notNull(),
    version: integer("version").notNull(),
    /** SHA-256 of the proposed body: one that went back is not offered again. */
    hash: text("hash").notNull(),
    /** What counts as passed, fixed when it began. */
    metric: text("metric", { enum: ["verdict", "agreement", "person"] }).notNull(),
    /** Public ids of the proposal's item and task, which may be deleted before the trial ends. */
    review: text("review").notNull(),
    task: text("task").notNull(),
    proposedBy: text("proposed_by").notNull(),
    approvedBy: text("approved_by").notNull(),
    status: text("status", { enum: ["open", "permanent", "bad", "stale"] }).notNull(),
    outcome: text("outcome", {
      enum: ["better", "worse", "cost", "undecided", "person", "unjudged", "edited", "removed", "replays"],
    }),
    /** JSON of both sides and the odds when it ended. */
    figures: text("figures"),
    /**
     * Where it is with the replays before new trees alternate. `chosen`: they run. `off`: switched off; `judges`: only
     * people measure it; `none`: no ended tree can be replayed. null: from before there were replays.
     */
    replays: text("replays", { enum: ["choosing", "chosen", "done", "off", "judges", "none"] }),
    startedAtMs: integer("started_at_ms").notNull(),
    endsAtMs: integer("ends_at_ms").notNull(),
    endedBy: text("ended_by"),
    endedAtMs: integer("ended_at_ms"),
  },
  (table) => [
    uniqueIndex("trials_open").on(table.kind, table.name).where(sql`status = 'open'`),
    index("trials_of_entry").on(table.kind, table.name),
  ],
);

/** Which version a tree of a trial uses. The tree's own log pins it; these rows are for counting. */
export const trialTrees = sqliteTable(
  "trial_trees",
  {
    trialId: integer("trial_id")
      .notNull()
      .references(() => trials.id, { onDelete: "cascade" }),
    treeId: integer("tree_id")
      .notNull()
      .references(() => trees.id, { onDelete: "cascade" }),
    side: text("side", { enum: ["live", "candidate"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.trialId, table.treeId] }), index("trial_trees_of_tree").on(table.treeId)],
);

/** An ended tree that runs again, with one of the two versions, before the trial. */
export const trialReplays = sqliteTable(
  "trial_replays",
  {
    trialId: integer("trial_id")
      .notNull()
      .references(() => trials.id, { onDelete: "cascade" }),
    /** Public id of the ended tree, which may be deleted later. */
    source: text("source").notNull(),
    side: text("side", { enum: ["live", "candidate"] }).notNull(),
    /** Whether it decides; the proposer may see the others. */
    decides: integer("decides").notNull(),
    /** Public id of the replay's own tree, which is not there before it runs. */
    tree: text("tree").notNull().unique(),
    status: text("status", { enum: ["waiting", "running", "counted", "not_counted"] }).notNull(),
    /** Why it does not count. */
    why: text("why", { enum: ["asked", "stopped", "time", "deleted", "no_result", "not_possible"] }),
    passed: integer("passed"),
    tokens: integer("tokens").notNull().default(0),
    microUsd: integer("micro_usd").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.trialId, table.source, table.side] })],
);

/** What a person says about the result of a tree. Judges are measured by it. */
export const personVerdicts = sqliteTable("person_verdicts", {
  treeId: treeId().primaryKey(),
  outcome: text("outcome", { enum: ["pass", "fail"] }).notNull(),
  reason: text("reason").notNull(),
  by: text("by").notNull(),
  createdAtMs: createdAtMs(),
});
