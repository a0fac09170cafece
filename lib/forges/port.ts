/** What Banyan asks of a forge: a host of repositories with issues and pull requests. */
import type { ForgeKind } from "@/core/shapes/forges";

export interface ForgeAccess {
  kind: ForgeKind;
  /** As in the repositories' addresses, with the port unless it is the default. */
  host: string;
  apiUrl: string;
  /** The repository's path on its host, such as `owner/name`. */
  path: string;
  token: string;
}

/** What a client is made of. */
export interface ClientOptions {
  access: ForgeAccess;
  signal: AbortSignal;
  now(): number;
}

interface ForgeRepository {
  defaultBranch: string;
  /** Whether the token may push branches there; null: the forge does not say. */
  mayPush: boolean | null;
}

export interface ForgeIssue {
  number: number;
  title: string;
  body: string;
  url: string;
  /** The login of who wrote it. */
  author: string;
  isOpen: boolean;
  /** Forges count pull requests as issues. */
  isPull: boolean;
  /** Not everybody who sees the repository sees it. */
  isConfidential?: boolean;
}

/** Words of somebody on an issue or a pull request. */
export interface ForgeComment {
  /** Unique among those of the repository, and stable. */
  id: string;
  /** The issue or the pull request. */
  number: number;
  /** Which of the two; absent: the forge counts both together, so the number says it. */
  on?: "issue" | "pull";
  author: string;
  body: string;
  atMs: number;
  /** The line of a pull request that it is about. */
  place: { path: string; line: number | null } | null;
  /** What a review decides; null: it is a comment, or a review that decides nothing. */
  verdict: "approved" | "changes" | null;
  /** The commit that a review was of; null: the forge does not say, or it is none. */
  reviewed: string | null;
}

export interface ForgePull {
  number: number;
  url: string;
  state: "open" | "merged" | "closed";
  /** The newest commit of its branch. */
  head: string;
  base: string;
  /** Whether it cannot be merged because base and branch contradict each other; null: the forge does not know yet. */
  hasConflict: boolean | null;
  /** The commits of its base that its merge made; none: it is not merged, or the forge does not say. */
  mergedAs: string[];
}

export interface ForgeCommit {
  message: string;
  atMs: number;
}

/** What the programs of a forge say about a commit. */
export interface ForgeChecks {
  /** `undecided`: none failed, and one ended without saying anything of the commit, as when it was cancelled, or none succeeded. */
  state: "none" | "running" | "passed" | "failed" | "undecided";
  failed: { name: string; summary: string; url: string }[];
}

interface NewPull {
  title: string;
  body: string;
  branch: string;
  base: string;
}

/** Where people ask for work. Every method throws a `ForgeError`, or the signal's reason. */
export interface IssuePort {
  /** The login of the token's account. */
  login(): Promise<string>;
  /** Whether this account may push to the repository. */
  mayWrite(login: string): Promise<boolean>;
  /**
   * Open issues that have the label, or are assigned to the login, oldest first: a page of them, at first the first one.
   * `unchanged`: as at the etag. `isMore`: another page may follow.
   */
  issues(
    of: { label: string } | { assignee: string },
    etag: string | null,
    page?: number,
  ): Promise<{ issues: ForgeIssue[]; etag: string | null; isMore?: boolean } | "unchanged">;
  issue(number: number): Promise<ForgeIssue>;
  /** Who put the label on the issue last, or assigned it to the login; null: nobody did that the forge knows of. */
  askedBy(number: number, of: { label: string } | { assignee: string }): Promise<string | null>;
  /** Comments on all issues and pull requests that are as new as this moment, oldest first. */
  commentsSince(ms: number): Promise<ForgeComment[]>;
  /** Comments on one issue, oldest first. */
  issueComments(number: number): Promise<ForgeComment[]>;
  commentOnIssue(number: number, body: string): Promise<void>;
}

/** Where a change is reviewed and merged. Every method throws a `ForgeError`, or the signal's reason. */
export interface ForgePort extends IssuePort {
  repository(): Promise<ForgeRepository>;
  /** The pull request of the branch, the newest one, whatever its state. */
  findPull(branch: string): Promise<ForgePull | null>;
  openPull(pull: NewPull): Promise<ForgePull>;
  pull(number: number): Promise<ForgePull>;
  /** Comments on one pull request that stand on no line, oldest first. */
  pullComments(number: number): Promise<ForgeComment[]>;
  commentOnPull(number: number, body: string): Promise<void>;
  /** Reviews of a pull request and remarks on its lines, oldest first. */
  reviews(number: number): Promise<ForgeComment[]>;
  /** What is said of a commit, the newest one of this pull request. */
  checks(commit: string, number: number): Promise<ForgeChecks>;
  /** The commits of a branch that are as new as this moment, the newest first. */
  commitsSince(branch: string, ms: number): Promise<ForgeCommit[]>;
  /** Adds labels to a pull request; those that it has stay. */
  labelPull(number: number, labels: readonly string[]): Promise<void>;
  /** Asks these accounts to review a pull request. Throws `refused` when one of them cannot. */
  askReviewers(number: number, logins: readonly string[]): Promise<void>;
  /** Merges a pull request as the repository merges, if the branch still is at this commit. */
  mergePull(number: number, head: string): Promise<void>;
  /** Closes a pull request without merging it. One that is merged or closed already stays as it is. */
  closePull(number: number): Promise<void>;
}

/** A refused or failed request, as one sentence for a person. */
export class ForgeError extends Error {
  override name = "ForgeError";

  /**
   * `kind` `limited`: it accepts no more requests until `untilMs`. `away`: it does not answer, or failed; the request may
   * have had its effect. `refused`: a person has to do something. `missing`: it has no such thing there, or no longer.
   */
  constructor(
    message: string,
    readonly kind: "limited" | "away" | "refused" | "missing",
    readonly untilMs: number | null = null,
  ) {
    super(message);
  }
}
