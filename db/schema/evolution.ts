/** Tables of evolution: what a person allows it, its runs, and their cycles; see schema.ts. */
import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { CYCLE_STATES, RUN_FAULTS } from "@/core/shapes/evolution";
import { projects } from "./projects";
import { createdAtMs, id } from "./schema";

const projectId = () =>
  integer("project_id")
    .notNull()
    .references(() => projects.id, { onDelete: "cascade" });

/** A project has a row once somebody has set its rules or stopped it. */
export const evolutions = sqliteTable("evolutions", {
  projectId: projectId().primaryKey(),
  /** JSON of `EvolutionRules`. */
  rules: text("rules").notNull(),
  stoppedAtMs: integer("stopped_at_ms"),
  /** null while `stopped_at_ms` is set: Banyan stopped it. */
  stoppedBy: text("stopped_by"),
  stoppedWhy: text("stopped_why"),
  /** Rejections before it do not count: a person has resumed it since. */
  countedFromMs: integer("counted_from_ms").notNull().default(0),
});

export const evolutionRuns = sqliteTable(
  "evolution_runs",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    projectId: projectId(),
    cause: text("cause", { enum: ["person", "schedule"] }).notNull(),
    /** JSON of the `Actor` who began it: its trees have at most that role. */
    maker: text("maker").notNull(),
    cyclesMax: integer("cycles_max").notNull(),
    /** The insight that a person chose; null: the best one each time. */
    insight: text("insight"),
    /** JSON of `CycleWork`: what the person said of the work of its cycles. */
    work: text("work").notNull().default("{}"),
    state: text("state", { enum: ["looking", "running", "ended"] }).notNull(),
    /** Why it ended, as a sentence. */
    why: text("why"),
    /** What it failed at; null: nothing, or it ended before this was stored. */
    fault: text("fault", { enum: RUN_FAULTS }),
    createdAtMs: createdAtMs(),
    endedAtMs: integer("ended_at_ms"),
  },
  (table) => [index("evolution_runs_of").on(table.projectId)],
);

/** A cycle. Its row is there before its tree, so that a kill leads to no second tree. */
export const evolutionCycles = sqliteTable(
  "evolution_cycles",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    projectId: projectId(),
    runId: integer("run_id")
      .notNull()
      .references(() => evolutionRuns.id, { onDelete: "cascade" }),
    /** The insight as it was then: JSON of `InsightOfCycle`, and its id. */
    insight: text("insight").notNull(),
    insightUid: text("insight_uid").notNull(),
    score: real("score").notNull(),
    /** JSON of the paths that it is about, of which no other cycle may change any meanwhile. */
    paths: text("paths").notNull(),
    /** Public id of its tree, which may not be there yet. */
    tree: text("tree").notNull().unique(),
    /** When its tree was there. */
    begunAtMs: integer("begun_at_ms"),
    state: text("state", { enum: CYCLE_STATES }).notNull(),
    why: text("why"),
    tries: integer("tries").notNull().default(1),
    /** JSON of a sentence for each refused try. */
    refusals: text("refusals").notNull().default("[]"),
    /** JSON of the words with which the tree goes on, until it has them, and the attempt that it had before. */
    words: text("words"),
    capMicroUsd: integer("cap_micro_usd").notNull(),
    /** What its tree had cost when it was deleted; null: nobody has deleted it, or it was deleted before this was stored. */
    spentMicroUsd: integer("spent_micro_usd"),
    /** The snapshot that passed, once one has. */
    snapshot: text("snapshot"),
    /** The branch of the folder that a person accepted. */
    branch: text("branch"),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (table) => [index("evolution_cycles_of").on(table.projectId), index("evolution_cycles_by_state").on(table.state)],
);
