/** Tables of the work that comes from forges; see schema.ts. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { FORGE_KINDS } from "@/core/shapes/forges";
import { projects } from "./projects";
import { createdAtMs, id } from "./schema";

const projectId = () =>
  integer("project_id")
    .notNull()
    .references(() => projects.id, { onDelete: "cascade" });

/** The repository of a project on its forge, and what of it becomes work. The token is in the vault, by its host. */
export const forgeLinks = sqliteTable(
  "forge_links",
  {
    id: id(),
    projectId: projectId().unique(),
    kind: text("kind", { enum: FORGE_KINDS }).notNull(),
    host: text("host").notNull(),
    apiUrl: text("api_url").notNull(),
    /** JSON of the `JiraProject` that has the issues; null: the forge has them. */
    jira: text("jira"),
    /** Its path on the host, such as `owner/name`. */
    path: text("path").notNull(),
    /** Where its trees clone it from, and where their branches are pushed. */
    cloneUrl: text("clone_url").notNull(),
    label: text("label").notNull(),
    /** Which pull requests get which labels and reviewers, and which Banyan merges: one rule a line. */
    rules: text("rules").notNull().default(""),
    /** Trees of issues that work at a time. */
    mostOpen: integer("most_open").notNull(),
    /** JSON of the `Actor` who linked it or resumed it last: its trees have at most that role. */
    maker: text("maker").notNull(),
    /** The login of the token's account, as the forge said it last. */
    login: text("login"),
    /** JSON of the etags of the lists that were read last. */
    etags: text("etags").notNull().default("{}"),
    /** Comments up to this moment were read. */
    commentsSinceMs: integer("comments_since_ms").notNull(),
    /** When it is looked at next. A delivery of its webhook makes it now. */
    nextAtMs: integer("next_at_ms").notNull(),
    /** What went wrong at the last look, as a sentence. */
    trouble: text("trouble"),
    failures: integer("failures").notNull().default(0),
    /** When the first of these failed looks was; null: the last look did not fail. */
    failingSinceMs: integer("failing_since_ms"),
    lookedAtMs: integer("looked_at_ms"),
    pausedAtMs: integer("paused_at_ms"),
    /** null while `paused_at_ms` is set: Banyan paused it. */
    pausedBy: text("paused_by"),
    createdBy: text("created_by").notNull(),
    createdAtMs: createdAtMs(),
  },
  (table) => [index("forge_links_due").on(table.nextAtMs).where(sql`paused_at_ms IS NULL`)],
);

/** An issue that became work, or a change of an evolution that goes the same way. Its row is there before its tree, so that a kill leads to no second tree. */
export const forgeIssues = sqliteTable(
  "forge_issues",
  {
    id: id(),
    projectId: projectId(),
    /** Below 0: no issue of the forge; the row is of the change of a `cycle`. */
    number: integer("number").notNull(),
    title: text("title").notNull(),
    url: text("url").notNull(),
    /** The text of the issue as its tree was given it. */
    body: text("body").notNull(),
    author: text("author").notNull(),
    /** The login of who asked for the work. */
    askedBy: text("asked_by").notNull(),
    /** What they wrote with it. */
    asked: text("asked"),
    /** Public id of its tree, which may not be there yet. */
    tree: text("tree").notNull().unique(),
    state: text("state", { enum: ["claimed", "working", "open", "merged", "closed", "failed"] }).notNull(),
    /** Why it stands so, as a sentence for people. */
    why: text("why"),
    branch: text("branch").notNull(),
    /** The snapshot that the branch was last made of. */
    snapshot: text("snapshot"),
    /** The commit of the branch that Banyan pushed last. */
    head: text("head"),
    base: text("base"),
    /** JSON of `Measured`: what the gates say of the branch, and which files it changes. */
    measured: text("measured"),
    pull: integer("pull"),
    pullUrl: text("pull_url"),
    /** How often reviews, red checks and conflicts have continued the tree. */
    rounds: integer("rounds").notNull().default(0),
    /** JSON of the ids of the remarks and failed checks that the tree was given, and of the merge that Banyan tries. */
    seen: text("seen").notNull().default("[]"),
    /** JSON of the words with which the tree goes on, until it has them, and the attempt that it had before. */
    words: text("words"),
    /** The public id of the evolution's cycle whose change it is; null: an issue. */
    cycle: text("cycle"),
    /** When somebody took the merged change back; null: nobody did that is known. */
    takenBackAtMs: integer("taken_back_at_ms"),
    /** When the base of its pull request was last read for that. */
    takenBackReadMs: integer("taken_back_read_ms"),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (table) => [uniqueIndex("forge_issues_once").on(table.projectId, table.number)],
);

/** What the tree of an issue changed in one of several repositories. With one repository the issue's row says it. */
export const forgePulls = sqliteTable(
  "forge_pulls",
  {
    id: id(),
    issueId: integer("issue_id")
      .notNull()
      .references(() => forgeIssues.id, { onDelete: "cascade" }),
    /** The repository's folder in the tree. */
    folder: text("folder").notNull(),
    state: text("state", { enum: ["working", "open", "merged", "closed"] }).notNull(),
    why: text("why"),
    /** These are as in `forge_issues`. */
    snapshot: text("snapshot"),
    head: text("head"),
    base: text("base"),
    measured: text("measured"),
    pull: integer("pull"),
    pullUrl: text("pull_url"),
    seen: text("seen").notNull().default("[]"),
    createdAtMs: createdAtMs(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (table) => [uniqueIndex("forge_pulls_once").on(table.issueId, table.folder)],
);

/** A comment that Banyan has written, by what it says, so that none is written twice. */
export const forgeComments = sqliteTable(
  "forge_comments",
  {
    issueId: integer("issue_id")
      .notNull()
      .references(() => forgeIssues.id, { onDelete: "cascade" }),
    key: text("key").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.issueId, table.key] })],
);
