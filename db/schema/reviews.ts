/** Tables of review items, approval rules and interventions of the supervisor; see schema.ts. */
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
    /** The asked task; null when a person is asked. */
    addresseeId: integer("addressee_id"),
    kind: text("kind", { enum: ["flag", "approval", "question", "proposal", "change"] }).notNull(),
    title: text("title").notNull(),
    detail: text("detail").notNull(),
    evidence: text("evidence"),
    /** Blast radius and uncertainty, 1 to 5 each. With the waiting time they determine the rank. */
    blastRadius: integer("blast_radius").notNull().default(2),
    uncertainty: integer("uncertainty").notNull().default(3),
    /** What happens when nobody decides. */
    ifIgnored: text("if_ignored"),
    /** The tool's name and a hash of the exact call that an approval allows. Items with the same subject are identical. */
    subject: text("subject"),
    level: text("level"),
    why: text("why"), // a person is asked beside the tool's own policy: no rule answers that
    /** The message that opened the item. */
    seq: integer("seq"),
    /** JSON of `ReviewFacts`: facts for pages and programs; may be null. */
    facts: text("facts"),
    /** The rule that decided the item. */
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

/**
 * A rule approves matching calls without a person until it expires or is revoked. Each use is stored in its review, or
 * counted in `forgotten_uses` once the review is deleted with its tree.
 */
export const approvalRules = sqliteTable("approval_rules", {
  id: id(),
  uid: text("uid").notNull().unique(),
  /** The tool whose calls it approves. */
  tool: text("tool").notNull(),
  /** The only agent whose calls it approves; null for every agent. */
  agent: text("agent"),
  /** The only arguments that it approves; null for any. */
  subject: text("subject"),
  /** Public id of the only tree whose calls it approves; null for every tree. */
  onlyTree: text("only_tree"),
  /** Most calls that it approves; null without a limit. */
  mostUses: integer("most_uses"),
  /** Calls that it approved in trees that are deleted. */
  forgottenUses: integer("forgotten_uses").notNull().default(0),
  why: text("why").notNull(),
  /** Who answers for it: its maker, or whoever last let it approve more. */
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
  expiresAtMs: integer("expires_at_ms").notNull(),
  revokedBy: text("revoked_by"),
  revokedAtMs: integer("revoked_at_ms"),
});

/** Findings and actions of the supervisor. */
export const interventions = sqliteTable(
  "interventions",
  {
    id: id(),
    treeId: treeId(),
    taskId: taskId(),
    rule: text("rule").notNull(),
    action: text("action").notNull(),
    evidence: text("evidence").notNull(),
    /** Public id of the tree in which the supervisor agent judges the case. */
    askedIn: text("asked_in"),
    createdAtMs: createdAtMs(),
  },
  (table) => [
    index("interventions_asked").on(table.id).where(sql`action = 'asked'`),
    index("interventions_of_task").on(table.taskId),
    index("interventions_of_tree").on(table.treeId),
  ],
);
