/** Tables of projects; see schema.ts. Trees belong to a project by their repository, so they do not name it. */
import { integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { createdAtMs, id } from "./schema";

export const projects = sqliteTable("projects", {
  id: id(),
  name: text("name").notNull().unique(),
  /** A folder of this machine, or the address of a git repository. */
  address: text("address").notNull(),
  branch: text("branch"),
  /** The command that shows that it works; null: nobody has said or confirmed one. */
  checkCommand: text("check_command"),
  checkBy: text("check_by"),
  checkAtMs: integer("check_at_ms"),
  setupCommand: text("setup_command"),
  /** JSON of `FoundCommands`: what its files said when it was added. Nothing of it counts before a person confirms it. */
  found: text("found").notNull(),
  /** JSON of `ProjectDefaults`. */
  defaults: text("defaults").notNull(),
  /** JSON of the folders of its further repositories that have to be merged before its own. */
  needs: text("needs").notNull().default("[]"),
  /** JSON of `Serving`. */
  service: text("service").notNull().default("{}"),
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
});

/** Its further repositories, which its trees have beside its own. */
export const repositories = sqliteTable(
  "repositories",
  {
    id: id(),
    projectId: integer("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    /** The name of its folder in a tree. */
    folder: text("folder").notNull(),
    address: text("address").notNull(),
    /** JSON of its keys, see `repositoryKey`. They belong to a project only where it is a project of its own. */
    keys: text("keys").notNull(),
    branch: text("branch"),
    checkCommand: text("check_command"),
    checkBy: text("check_by"),
    checkAtMs: integer("check_at_ms"),
    setupCommand: text("setup_command"),
    /** JSON of `FoundCommands`. */
    found: text("found").notNull(),
    /** JSON of the folders of those that have to be merged before it. */
    needs: text("needs").notNull(),
    createdBy: text("created_by").notNull(),
    createdAtMs: createdAtMs(),
  },
  (table) => [uniqueIndex("repositories_by_folder").on(table.projectId, table.folder)],
);

/** The keys of its repository, see `repositoryKey`: a folder, and the address that it was cloned from. */
export const projectRepositories = sqliteTable("project_repositories", {
  key: text("key").primaryKey(),
  projectId: integer("project_id")
    .notNull()
    .references(() => projects.id, { onDelete: "cascade" }),
});

/** What was found worth doing in the repository of a project. */
export const insights = sqliteTable(
  "insights",
  {
    id: id(),
    projectId: integer("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    /** The same in each look while it is the same thing; two projects may have the same. */
    uid: text("uid").notNull(),
    kind: text("kind").notNull(),
    title: text("title").notNull(),
    /** Empty: the repository as a whole. */
    path: text("path").notNull(),
    line: integer("line").notNull(),
    endLine: integer("end_line").notNull(),
    symbol: text("symbol").notNull(),
    /** JSON of `InsightEvidence`. */
    evidence: text("evidence").notNull(),
    score: real("score").notNull(),
    /** `open`, `planned`, `done` or `dismissed`. */
    state: text("state").notNull(),
    reason: text("reason"),
    /** Who gave it this state; null: the program. */
    stateBy: text("state_by"),
    stateAtMs: integer("state_at_ms").notNull(),
    /** Its score when it was dismissed: it is offered again once that has risen by a fifth. */
    dismissedScore: real("dismissed_score"),
    firstSeenMs: integer("first_seen_ms").notNull(),
    lastSeenMs: integer("last_seen_ms").notNull(),
  },
  (table) => [uniqueIndex("insights_by_uid").on(table.projectId, table.uid)],
);

/** The last look at the repository of a project. */
export const insightLooks = sqliteTable("insight_looks", {
  projectId: integer("project_id")
    .primaryKey()
    .references(() => projects.id, { onDelete: "cascade" }),
  atMs: integer("at_ms").notNull(),
  by: text("by").notNull(),
  /** JSON of `LookFigures`. */
  figures: text("figures").notNull(),
});
