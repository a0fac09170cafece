/** Tables of memory: lessons, where they come from, to whom they were shown and with what outcome; see schema.ts. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { LESSON_KINDS, LESSON_MAKERS, LESSON_REASONS, LESSON_SCOPES, LESSON_STATUSES } from "@/core/lessons/lesson";
import { createdAtMs, id } from "./schema";

const lessonId = () =>
  integer("lesson_id")
    .notNull()
    .references(() => lessons.id, { onDelete: "cascade" });

export const lessons = sqliteTable(
  "lessons",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    kind: text("kind", { enum: LESSON_KINDS }).notNull(),
    scope: text("scope", { enum: LESSON_SCOPES }).notNull(),
    /** The repository's address or folder, or the agent's name; null everywhere. */
    place: text("place"),
    trigger: text("trigger").notNull(),
    signature: text("signature"),
    advice: text("advice").notNull(),
    status: text("status", { enum: LESSON_STATUSES }).notNull(),
    /** Why it is not live; null while it is. */
    reason: text("reason", { enum: LESSON_REASONS }),
    maker: text("maker", { enum: LESSON_MAKERS }).notNull(),
    /** Equal for the same advice for the same place, see `twinKey`. */
    twin: text("twin").notNull(),
    isApproved: integer("is_approved").notNull().default(0),
    isTainted: integer("is_tainted").notNull().default(0),
    // Counted from `lesson_uses`, and written with it.
    shown: integer("shown").notNull().default(0),
    helped: integer("helped").notNull().default(0),
    harmed: integer("harmed").notNull().default(0),
    lastUsedMs: integer("last_used_ms"),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (table) => [
    index("lessons_of_signature").on(table.signature).where(sql`signature IS NOT NULL`),
    index("lessons_of_twin").on(table.twin),
    index("lessons_of_place").on(table.place, table.kind, table.id),
    /** `lessons_by_kind` does what it did. It stays, because migrations only add (decision 16). */
    index("lessons_by_use").on(table.status, table.shown, table.id),
    /** Holds all that lists and counts of lessons ask for. */
    index("lessons_by_kind").on(table.status, table.kind, table.shown, table.id, table.reason),
    index("lessons_seeded").on(table.status, table.kind).where(sql`reason = 'seeded'`),
  ],
);

/** Trees that a lesson was made from. Deleting a tree deletes what it said. */
export const lessonSources = sqliteTable(
  "lesson_sources",
  {
    lessonId: lessonId(),
    /** Public ids. */
    tree: text("tree").notNull(),
    task: text("task").notNull(),
    /** JSON: what happened there, see `LessonEvidence`. */
    evidence: text("evidence").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.tree, table.task] }),
    index("lesson_sources_of_tree").on(table.tree),
  ],
);

/** Who was shown a lesson, and what the host's commands said afterwards. A round of a goal counts once. */
export const lessonUses = sqliteTable(
  "lesson_uses",
  {
    lessonId: lessonId(),
    /** Public id of the round's task, or of the task itself where it belongs to no round. */
    unit: text("unit").notNull(),
    /** Public ids of the task that was shown it, and its tree; the message that shows it. */
    task: text("task").notNull(),
    tree: text("tree").notNull(),
    seq: integer("seq").notNull(),
    why: text("why", { enum: ["signature", "words", "asked", "named", "made"] }).notNull(),
    atMs: integer("at_ms").notNull(),
    outcome: text("outcome", { enum: ["helped", "harmed"] }),
    outcomeAtMs: integer("outcome_at_ms"),
    /** A person said that it was wrong here; it then counts as harmed, whatever commands said. */
    wrongBy: text("wrong_by"),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.unit] }),
    index("lesson_uses_of_tree").on(table.tree),
    index("lesson_uses_of_task").on(table.task),
  ],
);

/** What became of a lesson, oldest first. */
export const lessonHistory = sqliteTable(
  "lesson_history",
  {
    id: id(),
    lessonId: lessonId(),
    atMs: integer("at_ms").notNull(),
    /** A person, or null for the host. */
    by: text("by"),
    action: text("action").notNull(),
    /** JSON: what changed, see `LessonChange`. */
    detail: text("detail").notNull(),
  },
  (table) => [index("lesson_history_of_lesson").on(table.lessonId, table.id)],
);

/** How goals ended, with and without memory. */
export const goalOutcomes = sqliteTable(
  "goal_outcomes",
  {
    /** Public id. */
    tree: text("tree").primaryKey(),
    place: text("place").notNull(),
    arm: text("arm", { enum: ["with", "without"] }).notNull(),
    /** Whether the arm was drawn; the others do not count where both sides are compared. */
    isDrawn: integer("is_drawn").notNull().default(1),
    succeeded: integer("succeeded").notNull(),
    rounds: integer("rounds").notNull(),
    costUsd: real("cost_usd").notNull(),
    metAgain: integer("met_again").notNull(),
    endedAtMs: integer("ended_at_ms").notNull(),
  },
  (table) => [index("goal_outcomes_by_end").on(table.endedAtMs)],
);
