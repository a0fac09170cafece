/** What the work that comes from forges needs. */
import type { Actor, Queries } from "@/agents/application";
import type { FileSources } from "@/agents/files/moment";
import type { ForgeRules } from "@/core/forges/rules";
import type { JiraProject } from "@/core/shapes/forges";
import type { Submission } from "@/core/shapes/submission";
import type { StoredLink } from "@/db/forges/stored";
import type { Store } from "@/db/store";
import type { ForgePort, IssuePort } from "@/lib/forges/port";
import type { GitRules } from "@/lib/git/rules";
import type { SnapshotReader } from "@/lib/snapshots/below";
import type { ForgeAccessPort } from "./access";

export interface ForgeSources extends FileSources {
  store: FileSources["store"] & Pick<Store, "evolutions" | "forges" | "people" | "projects">;
  queries: Pick<Queries, "getTree" | "getGoal" | "getTask" | "listReviews">;
  /** Submits with the rights of the actor. The same `once` gives the same tree. */
  submit(submission: Submission, actor: Actor, once: string): Promise<unknown>;
  /** Continues an ended tree with the words. */
  goOn(tree: string, words: { text: string; attempt: number }, actor: Actor): Promise<{ tree_id: string }>;
  /** Returns the client of a link, or null when the vault has no token for its host. */
  portOf(link: Pick<StoredLink, "kind" | "host" | "apiUrl" | "path">, signal: AbortSignal): ForgePort | null;
  /** Returns the client of a project of Jira, or null when the vault has no account for its site. */
  jiraOf(project: JiraProject, signal: AbortSignal): IssuePort | null;
  tokenOf(host: string): string | null;
  /** Returns where a repository is at its forge. Throws UserError when it is at none that is known. */
  placeOf: ForgeAccessPort["placeOf"];
  /** The folder of the release, with its gates. */
  program: string;
  redact(text: string): string;
  gitRules: GitRules;
  /** `host:port`s that may have private addresses. */
  privateHosts: readonly string[];
  /** Under which people reach the server; null: nobody set it. */
  publicUrl: string | null;
  now(): number;
}

/** One look at a link, or at one of several repositories of its project. */
export interface Look extends ForgeSources {
  /** With the place of the repository. */
  link: StoredLink;
  /** The branch of the repository that changes go to; null: its default branch. */
  into: string | null;
  /** The snapshots of the repository's files. */
  files: SnapshotReader;
  /**
   * Where trees have several repositories: the folder of this one, whether it is the project's own, which has the issues, and
   * the path of that at its forge.
   */
  beside: { folder: string; isOwn: boolean; ownPath: string } | null;
  /** Those of the link. */
  rules: ForgeRules;
  port: ForgePort;
  /** The login of the token's account. */
  login: string;
  /** Where the issues are: the forge itself, unless the project has them elsewhere. */
  tracker: { port: IssuePort; login: string };
  /** For whom trees begin and go on, with the rights of now. */
  maker: Actor;
  /** Aborted when nobody wants the look any more. */
  signal: AbortSignal;
  /** Throws unless the look is still wanted. Each request asks it; call it before other effects. */
  requireWanted(): void;
}

/** Returns the address of a tree's page, or null. */
export function pageOf({ publicUrl }: Pick<ForgeSources, "publicUrl">, tree: string): string | null {
  return publicUrl === null ? null : `${publicUrl}/trees/${tree}`;
}
