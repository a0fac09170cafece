/** Tables of promotions; see schema.ts. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { PROMOTION_STATES } from "@/core/shapes/environments/promotions";
import { projects } from "./projects";
import { createdAtMs, id } from "./schema";

export const promotionTargets = sqliteTable(
  "promotion_targets",
  {
    id: id(),
    projectId: integer("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    plan: text("plan_command"),
    deploy: text("deploy_command").notNull(),
    smoke: text("smoke_command"),
    rollback: text("rollback_command"),
    /** JSON: names of secrets, by variable. */
    secrets: text("secrets").notNull(),
    /** JSON: the same, of the plan command. */
    planSecrets: text("plan_secrets").notNull(),
    /** JSON: hosts that its commands reach. */
    hosts: text("hosts").notNull(),
  },
  (table) => [uniqueIndex("promotion_targets_by_name").on(table.projectId, table.name)],
);

export const promotions = sqliteTable(
  "promotions",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    targetId: integer("target_id")
      .notNull()
      .references(() => promotionTargets.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: ["promote", "rollback"] }).notNull(),
    branch: text("branch"),
    commit: text("commit_oid"),
    former: text("former_oid"),
    state: text("state", { enum: PROMOTION_STATES }).notNull(),
    why: text("why"),
    /** What the plan command printed. */
    plan: text("plan"),
    /** JSON: what changed in its OpenAPI document since the version that the target has. */
    contract: text("contract"),
    /** JSON: what was found in its infrastructure files. */
    infrastructure: text("infrastructure"),
    askedBy: text("asked_by").notNull(),
    decidedBy: text("decided_by"),
    /** When it began to wait for a decision, and when it was decided. Rows of older versions lack them. */
    askedAtMs: integer("asked_at_ms"),
    decidedAtMs: integer("decided_at_ms"),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (table) => [index("promotions_of").on(table.targetId), index("promotions_by_state").on(table.state)],
);
