/** What GitLab answers, and what of it Banyan reads. */
import { z } from "zod";
import { withoutSequences } from "@/lib/process/printed";
import type { ForgeChecks, ForgeComment, ForgeIssue, ForgePull } from "./port";

const account = z.object({ id: z.number().int(), username: z.string() }).nullish();
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const longText = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

/** Who may push to the branches of a project has at least this access level: a developer. */
export const MAY_PUSH = 30;

export const userShape = z.object({ username: z.string() });

const access = z.object({ access_level: z.number().int() }).nullish();

export const projectShape = z.object({
  /** Null: the repository is empty. */
  default_branch: longText,
  permissions: z.object({ project_access: access, group_access: access }).nullish(),
});

export const issueShape = z.object({
  iid: z.number().int(),
  title: z.string(),
  description: longText,
  web_url: z.string(),
  state: z.string(),
  confidential: z.boolean().nullish(),
  author: account,
});

export const labelEventShape = z.object({
  action: z.string(),
  /** Null: it was deleted. */
  label: z.object({ name: z.string() }).nullish(),
  user: account,
});

export const memberShape = z.object({
  id: z.number().int(),
  username: z.string(),
  state: z.string(),
  access_level: z.number().int(),
  expires_at: z.string().nullish(),
  /** `awaiting`: somebody has to admit them first. */
  membership_state: z.string().nullish(),
});

export const noteShape = z.object({
  id: z.number().int(),
  body: longText,
  author: account,
  created_at: time,
  /** GitLab wrote it: what somebody did. */
  system: z.boolean(),
  /** `DiffNote`: it stands on a line. */
  type: z.string().nullish(),
  internal: z.boolean().nullish(),
  confidential: z.boolean().nullish(),
});

type Note = z.output<typeof noteShape>;

export const discussionShape = z.object({
  notes: z
    .array(
      noteShape.extend({
        resolved: z.boolean().nullish(),
        position: z
          .object({
            new_path: z.string().nullish(),
            old_path: z.string().nullish(),
            new_line: z.number().int().nullish(),
            old_line: z.number().int().nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
});

export const eventShape = z.object({
  created_at: time,
  author_username: z.string().nullish(),
  note: z
    .object({
      id: z.number().int(),
      body: longText,
      author: account,
      system: z.boolean(),
      noteable_type: z.string().nullish(),
      noteable_iid: z.number().int().nullish(),
      type: z.string().nullish(),
      internal: z.boolean().nullish(),
      confidential: z.boolean().nullish(),
    })
    .nullish(),
});

export const mergeShape = z.object({
  iid: z.number().int(),
  web_url: z.string(),
  state: z.string(),
  sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  target_branch: z.string(),
  source_project_id: z.number().int().nullish(),
  target_project_id: z.number().int().nullish(),
  has_conflicts: z.boolean().nullish(),
  merge_status: z.string().nullish(),
  detailed_merge_status: z.string().nullish(),
  reviewers: z.array(z.object({ id: z.number().int(), username: z.string() })).nullish(),
  user: z.object({ can_merge: z.boolean() }).nullish(),
  head_pipeline: z
    .object({ id: z.number().int(), project_id: z.number().int().nullish(), sha: z.string(), ref: z.string() })
    .nullish(),
});

export const approvalsShape = z.object({
  approved_by: z.array(z.object({ user: account, approved_at: time.nullish() })).nullish(),
});

export const commitShape = z.object({ parent_ids: z.array(z.string()).nullish() });

export const listedCommitShape = z.object({ message: z.string().nullish(), committed_date: time.nullish() });

export const reviewerShape = z.object({ user: account, state: z.string() });

export const jobShape = z.object({
  id: z.number().int(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  failure_reason: z.string().nullish(),
  web_url: z.string().nullish(),
});

export const statusShape = z.object({
  id: z.number().int(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});

export function issueOf(issue: z.output<typeof issueShape>): ForgeIssue {
  const { iid, title, description, web_url, state, confidential, author } = issue;
  return {
    number: iid,
    title,
    body: description,
    url: web_url,
    author: author?.username ?? "",
    isOpen: state === "opened",
    isPull: false,
    isConfidential: confidential === true,
  };
}

/** Whether people said it to everybody who sees the repository. */
export function isPublicWord({ system, internal, confidential }: Pick<Note, "system" | "internal" | "confidential">) {
  return !system && internal !== true && confidential !== true;
}

export function commentOf({ id, body, author, created_at }: Note, number: number): ForgeComment {
  const said = { id: String(id), number, author: author?.username ?? "", body, atMs: created_at };
  return { ...said, place: null, verdict: null, reviewed: null };
}

/** GitLab looks for conflicts in the background, and says that there are none until it has. */
const LOOKING: ReadonlySet<string> = new Set([
  "unchecked",
  "checking",
  "preparing",
  "cannot_be_merged_recheck",
  "cannot_be_merged_rechecking",
]);

export function pullOf(merge: z.output<typeof mergeShape>): ForgePull {
  const { iid, web_url, state, sha, target_branch, has_conflicts, merge_status, detailed_merge_status } = merge;
  const isLooking = [merge_status, detailed_merge_status].some((status) => LOOKING.has(status ?? ""));
  const isKnown = typeof has_conflicts === "boolean" && !isLooking;
  return {
    number: iid,
    url: web_url,
    // While it is being merged it is locked.
    state: state === "merged" ? "merged" : state === "closed" ? "closed" : "open",
    head: sha ?? "",
    base: target_branch,
    hasConflict: isKnown ? has_conflicts : null,
    mergedAs: state === "merged" ? mergedAs(merge) : [],
  };
}

/** Without a commit of the merge the branch was put onto its base as it is. */
function mergedAs({ merge_commit_sha, squash_commit_sha, sha }: z.output<typeof mergeShape>): string[] {
  const made = [merge_commit_sha, squash_commit_sha].filter((commit) => typeof commit === "string");
  return made.length > 0 ? made : [sha].filter((commit) => typeof commit === "string");
}

/** Who was assigned is said nowhere but in these words, which GitLab writes in English on every installation. */
const ASSIGNED = /^assigned to (.+?)(?:,? and unassigned .*)?$/s;

/** Whether a note of GitLab itself says that this account was assigned. */
export function assigns({ system, body }: Note, login: string): boolean {
  const named = (system && ASSIGNED.exec(body)?.[1]) || "";
  return [...named.matchAll(/@([\w.-]*\w)/g)].some(([, name]) => name === login);
}

/** One job, or what another program says of the commit. */
export interface OneStatus {
  id: number;
  name: string;
  state: string;
  summary: string;
  url: string;
  mayFail: boolean;
}

const RUNNING: ReadonlySet<string> = new Set([
  "created",
  "waiting_for_resource",
  "preparing",
  "waiting_for_callback",
  "pending",
  "running",
  "scheduled",
  "canceling",
]);

export function failedOf(all: readonly OneStatus[]): OneStatus[] {
  return all.filter(({ state, mayFail }) => state === "failed" && !mayFail);
}

export function stateOf(all: readonly OneStatus[]): ForgeChecks["state"] {
  if (all.length === 0) return "none";
  if (failedOf(all).length > 0) return "failed";
  if (all.some(({ state }) => RUNNING.has(state))) return "running";
  // What was cancelled did not say what it had to, and a pipeline waits for a job that somebody has to start.
  const isFine = all.every(({ state, mayFail }) => mayFail || state === "success" || state === "skipped");
  return isFine && all.some(({ state }) => state === "success") ? "passed" : "undecided";
}

/** Of what is longer an agent is shown the beginning alone, and why a job failed is at its end. */
const MOST_TRACE = 5_500;
/** Where GitLab folds parts of what a job printed. */
const FOLD = /section_(?:start|end):\d{1,20}:[^\r\n]{0,500}\r/g;

/** Returns the end of what a job printed. */
export function endOfTrace(trace: string): string {
  const lines = withoutSequences(trace.replaceAll(FOLD, "")).split("\n");
  return lines.map(asShown).join("\n").trim().slice(-MOST_TRACE);
}

/** Returns what a terminal shows of a line: a carriage return writes over what the line had, such as progress. */
function asShown(line: string): string {
  const written = line.trimEnd();
  return written.slice(written.lastIndexOf("\r") + 1);
}
