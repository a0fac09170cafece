/** Environments of projects; see schema.ts. One that has ended has no row. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ENVIRONMENT_STATES } from "@/core/shapes/environments/environments";
import { projects } from "./projects";
import { createdAtMs, id } from "./schema";

export const environments = sqliteTable(
  "environments",
  {
    id: id(),
    /** The first part of its host name. */
    uid: text("uid").notNull().unique(),
    projectId: integer("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** null: the project's branch. */
    branch: text("branch"),
    /** The pull request that it belongs to. */
    pull: integer("pull"),
    /** What Banyan had last pushed to that pull request when its files were asked for; null: no pull request, or nothing. */
    pullHead: text("pull_head"),
    /** The commit of its files; null: they are not there, or have to be written again. */
    commit: text("commit_oid"),
    command: text("command"),
    /** JSON: values of variables. */
    variables: text("variables").notNull(),
    /** JSON: names of secrets, by variable. */
    secrets: text("secrets").notNull(),
    state: text("state", { enum: ENVIRONMENT_STATES }).notNull(),
    why: text("why"),
    /** Where it is reached while it runs. */
    socket: text("socket"),
    /** JSON of `WantedChecks` and who wants them; null: nobody does now. */
    wantedChecks: text("wanted_checks"),
    /** JSON of `EnvironmentChecks`. */
    checks: text("checks"),
    keepMs: integer("keep_ms").notNull(),
    createdBy: text("created_by").notNull(),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
    startedAtMs: integer("started_at_ms"),
    usedAtMs: integer("used_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("environments_by_name").on(table.projectId, table.name),
    index("environments_state").on(table.state),
  ],
);
