/** What is stored of the work that comes from forges. */
import type { Actor } from "@/core/rules/roles";
import type { ForgeKind, JiraProject, PullGates } from "@/core/shapes/forges";

export interface StoredLink {
  id: number;
  projectId: number;
  /** The name of its project. */
  project: string;
  kind: ForgeKind;
  host: string;
  apiUrl: string;
  path: string;
  jira: JiraProject | null;
  cloneUrl: string;
  label: string;
  rules: string;
  mostOpen: number;
  maker: Actor;
  login: string | null;
  etags: Record<string, string>;
  commentsSinceMs: number;
  nextAtMs: number;
  trouble: string | null;
  failures: number;
  /** When the first of these failed looks was. */
  failingSinceMs: number | null;
  lookedAtMs: number | null;
  pausedAtMs: number | null;
  pausedBy: string | null;
  createdBy: string;
  createdAtMs: number;
}

/** `claimed`: its tree may not be there yet. `working`: its tree has not been delivered. `open`: its pull request is. */
type IssueState = "claimed" | "working" | "open" | "merged" | "closed" | "failed";

/** What was measured of an issue's branch. */
export interface Measured extends PullGates {
  /** The files that it changes; null: too many to keep. */
  paths: string[] | null;
  /** Whether its files are those of the tree's folder, of which the project's check says something. */
  isAsInTree?: boolean;
}

export interface StoredIssue {
  id: number;
  projectId: number;
  number: number;
  title: string;
  url: string;
  body: string;
  author: string;
  askedBy: string;
  asked: string | null;
  tree: string;
  state: IssueState;
  why: string | null;
  branch: string;
  snapshot: string | null;
  head: string | null;
  base: string | null;
  measured: Measured | null;
  pull: number | null;
  pullUrl: string | null;
  rounds: number;
  seen: string[];
  words: { text: string; attempt: number } | null;
  /** The evolution's cycle whose change it is, which has no issue: its number is below 0. null: an issue. */
  cycle: string | null;
  /** When somebody took the merged change back; null: nobody did that is known. */
  takenBackAtMs: number | null;
  /**
   * The folder of the repository whose change this is, where a tree has several: then state and change are of that alone.
   * null: it is the issue as a whole.
   */
  part: string | null;
  createdAtMs: number;
  changedAtMs: number;
}
