/** Tables of projects; see schema.ts. Trees belong to a project by their repository, so they do not name it. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
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
  createdBy: text("created_by").notNull(),
  createdAtMs: createdAtMs(),
});

/** The keys of its repository, see `repositoryKey`: a folder, and the address that it was cloned from. */
export const projectRepositories = sqliteTable("project_repositories", {
  key: text("key").primaryKey(),
  projectId: integer("project_id")
    .notNull()
    .references(() => projects.id, { onDelete: "cascade" }),
});
