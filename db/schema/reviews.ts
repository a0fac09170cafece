/** What waits for a person, what rules approve, and what the supervisor did; see schema.ts. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createdAtMs, id, taskId, treeId } from "./schema";

export const reviews = sqliteTable(
  "reviews",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    treeId: treeId(),
    taskId: taskId(),
    /** The task that is asked; null: a person. */
    addresseeId: integer("addressee_id"),
    kind: text("kind", { enum: ["flag", "approval", "question", "proposal", "change"] }).notNull(),
    title: text("title").notNull(),
    detail: text("detail").notNull(),
    evidence: text("evidence"),
    /** How much it reaches and how unclear it is, 1 to 5 each: with the waiting, what it is ranked by. */
    blastRadius: integer("blast_radius").notNull().default(2),
    uncertainty: integer("uncertainty").notNull().default(3),
    /** What happens when nobody decides. */
    ifIgnored: text("if_ignored"),
    /** Hash of exactly what an approval allows; with the tool's name, what makes two items equal. */
    subject: text("subject"),
    level: text("level"),
    why: text("why"), // a person is asked beside the tool's own policy: no rule answers that
    /** The message with which it was opened. */
    seq: integer("seq"),
    /** JSON of `ReviewFacts`: what is known of it beside its words; null: nothing. */
    facts: text("facts"),
    /** The rule that decided it. */
    ruleId: integer("rule_id"),
    status: text("status", { enum: ["open", "approved", "rejected", "answered", "withdrawn"] }).notNull(),
    answer: text("answer"),
    createdAtMs: createdAtMs(),
    decidedBy: text("decided_by"),
    decidedAtMs: integer("decided_at_ms"),
  },
  (table) => [
    index("reviews_open").on(table.id).where(sql`status = 'open'`),
    index("reviews_of_rule").on(table.ruleId).where(sql`rule_id IS NOT NULL`),
    index("reviews_of_task").on(table.taskId),
    index("reviews_of_tree").on(table.treeId),
  ],
);

/** Approves what it matches without a person, until it expires or is revoked. Every use stands in the review. */
export const approvalRules = sqliteTable("approval_rules", {
  id: id(),
  uid: text("uid").notNull().unique(),
  /** The tool whose calls it approves. */
  tool: text("tool").notNull(),
  /** Only of this agent; null: of every one. */
  agent: text("agent"),
  /** Only with exactly these arguments; null: with any. */
  subject: text("subject"),
  /** Public id of the only tree whose calls it approves; null: those of every tree. */
  onlyTree: text("only_tree"),
  /** It approves so many calls and no more; null: any number. */
  mostUses: integer("most_uses"),
  why: text("why").notNull(),
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
  expiresAtMs: integer("expires_at_ms").notNull(),
  revokedBy: text("revoked_by"),
  revokedAtMs: integer("revoked_at_ms"),
});

/** What the supervisor found, and what it did. */
export const interventions = sqliteTable(
  "interventions",
  {
    id: id(),
    treeId: treeId(),
    taskId: taskId(),
    rule: text("rule").notNull(),
    action: text("action").notNull(),
    evidence: text("evidence").notNull(),
    /** Public id of the tree in which the supervisor agent is asked about it. */
    askedIn: text("asked_in"),
    createdAtMs: createdAtMs(),
  },
  (table) => [
    index("interventions_asked").on(table.id).where(sql`action = 'asked'`),
    index("interventions_of_task").on(table.taskId),
    index("interventions_of_tree").on(table.treeId),
  ],
);
