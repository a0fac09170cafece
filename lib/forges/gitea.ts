/** Gitea, and Forgejo, which began as a copy of it. */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import {
  account,
  addressOf,
  bodyText,
  checksOf,
  commentOf,
  issueOf,
  issueShape,
  numberIn,
  type OneCheck,
  permissionShape,
  remarkShape,
  time,
  WRITERS,
} from "./github-alike";
import { type ClientOptions, type ForgeComment, ForgeError, type ForgePort, type ForgePull } from "./port";
import { createRest, type Pages } from "./rest";
import { hmacOf, isSame } from "./signature";

const label = z.object({ id: z.number().int(), name: z.string() });

const listedShape = issueShape.extend({ labels: label.array().nullish() });

/** One of the two addresses is empty: of the issue, or of the pull request. */
const commentShape = remarkShape.extend({ issue_url: z.string().nullish(), pull_request_url: z.string().nullish() });

const repositoryShape = z.object({
  default_branch: z.string(),
  default_merge_style: z.string().nullish(),
  permissions: z.object({ push: z.boolean(), admin: z.boolean() }).nullish(),
});

const branchShape = z.object({
  /** The name of the branch, also after the branch was deleted. */
  label: z.string(),
  repo_id: z.number().int(),
  sha: z.string(),
  ref: z.string(),
});

const pullShape = z.object({
  number: z.number().int(),
  html_url: z.string(),
  state: z.string(),
  merged: z.boolean().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  head: branchShape,
  base: branchShape,
});

const commitShape = z.object({ created: time, commit: z.object({ message: bodyText }).nullish() });

const reviewShape = z.object({
  id: z.number().int(),
  body: bodyText,
  state: z.string(),
  submitted_at: time.nullish(),
  commit_id: z.string().nullish(),
  user: account,
  comments_count: z.number().int().nullish(),
  dismissed: z.boolean().nullish(),
  stale: z.boolean().nullish(),
});

const lineShape = remarkShape.extend({
  path: z.string(),
  /** Its line in the new text; 0: it stands on a line of the old one. */
  position: z.number().int().nullish(),
});

const eventShape = z.object({
  type: z.string(),
  user: account,
  /** Of a label: whether it was put on or taken off. */
  body: bodyText,
  label: z.object({ name: z.string() }).nullish(),
  assignee: account,
  removed_assignee: z.boolean().nullish(),
});

const statusShape = z.object({
  statuses: z
    .array(
      z.object({
        context: z.string(),
        status: z.string(),
        description: z.string().nullish(),
        target_url: z.string().nullish(),
      }),
    )
    .nullish(),
});

const PUT_ON = "1";
/** Reviews that nobody has written yet. */
const UNWRITTEN: ReadonlySet<string> = new Set(["PENDING", "REQUEST_REVIEW"]);
const LABEL_COLOR = "#6b7280";

const PER_PAGE = 50;
/** An installation may give fewer entries than it was asked for, so only an empty page is the last. */
const PAGES: Pages = { parameter: "limit", size: PER_PAGE, isLast: (entries) => entries === 0 };
const MOST_STATUS_PAGES = 10;

export function isSignedByGitea(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  return isSame(headers["x-forgejo-signature"] ?? headers["x-gitea-signature"], hmacOf(body, secret));
}

export function createGitea({ access, signal, now }: ClientOptions): ForgePort {
  const headers = { accept: "application/json", authorization: `token ${access.token}` };
  const rest = createRest({ access, headers, pages: PAGES, signal, now });
  const at = addressOf(access);
  const repository = () => rest.get("GET /repos/{owner}/{repo}", at, repositoryShape);
  const readPull = async (index: number) =>
    pullOf(await rest.get("GET /repos/{owner}/{repo}/pulls/{index}", { ...at, index }, pullShape));
  // Pull requests are issues too, and this list has no pages.
  const commentsOn = async (index: number) => {
    const comments = await rest.get(
      "GET /repos/{owner}/{repo}/issues/{index}/comments",
      { ...at, index },
      remarkShape.array(),
    );
    return inOrder(comments.map((comment) => commentOf(comment, index)));
  };
  const comment = async (index: number, body: string) => {
    await rest.send("POST /repos/{owner}/{repo}/issues/{index}/comments", { ...at, index, body }, remarkShape);
  };
  return {
    async repository() {
      const { default_branch: defaultBranch, permissions } = await repository();
      if (permissions?.push && !permissions.admin)
        throw new ForgeError(
          `${access.host} tells only administrators of a repository who may write to it: make the account of Banyan's token an administrator of ${access.path}.`,
          "refused",
        );
      return { defaultBranch, mayPush: permissions?.push ?? null };
    },
    login: async () => (await rest.get("GET /user", {}, z.object({ login: z.string() }))).login,
    async issues(of) {
      const wanted = "label" in of ? { labels: of.label } : { assigned_by: of.assignee };
      const given = { ...at, ...wanted, state: "open", type: "issues" };
      const listed = await rest.list("GET /repos/{owner}/{repo}/issues", given, listedShape);
      // Gitea ignores a label that the repository does not have, and lists everything.
      const fitting = listed.filter(({ labels }) => !("label" in of) || hasLabel(labels ?? [], of.label));
      const issues = fitting.map(issueOf).filter(({ isPull }) => !isPull);
      return { issues: issues.sort((a, b) => a.number - b.number), etag: null };
    },
    issue: async (index) =>
      issueOf(await rest.get("GET /repos/{owner}/{repo}/issues/{index}", { ...at, index }, issueShape)),
    async askedBy(index, of) {
      const events = await rest.list("GET /repos/{owner}/{repo}/issues/{index}/timeline", { ...at, index }, eventShape);
      const last = events.findLast(({ type, body, label: put, assignee, removed_assignee: isRemoved }) =>
        "label" in of
          ? type === "label" && body === PUT_ON && put && hasLabel([put], of.label)
          : type === "assignees" && assignee?.login === of.assignee && !isRemoved,
      );
      return last?.user?.login ?? null;
    },
    async mayWrite(collaborator) {
      const route = "GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission";
      const found = await rest.find(route, { ...at, collaborator }, permissionShape);
      return found !== null && WRITERS.has(found.permission);
    },
    async commentsSince(ms) {
      const given = { ...at, since: new Date(ms).toISOString() };
      const comments = await rest.list("GET /repos/{owner}/{repo}/issues/comments", given, commentShape);
      return inOrder(
        comments.map(({ issue_url, pull_request_url, ...one }) =>
          commentOf(one, numberIn(issue_url || pull_request_url)),
        ),
      );
    },
    issueComments: commentsOn,
    commentOnIssue: comment,
    pullComments: commentsOn,
    commentOnPull: comment,
    async findPull(branch) {
      // It cannot be asked for the branch alone. The newest pull requests come first.
      const route = "GET /repos/{owner}/{repo}/pulls";
      const isOfBranch = ({ head, base }: z.output<typeof pullShape>) =>
        head.label === branch && head.repo_id === base.repo_id;
      const found = await rest.first(route, { ...at, state: "all" }, pullShape, isOfBranch);
      return found && pullOf(found);
    },
    async openPull({ title, body, branch, base }) {
      const given = { ...at, title: finished(title), body, base, head: branch };
      return pullOf(await rest.send("POST /repos/{owner}/{repo}/pulls", given, pullShape));
    },
    pull: readPull,
    async reviews(index) {
      const given = { ...at, index };
      const all = await rest.list("GET /repos/{owner}/{repo}/pulls/{index}/reviews", given, reviewShape);
      const remarks: ForgeComment[] = [];
      for (const review of all.filter(({ state }) => !UNWRITTEN.has(state))) {
        const { id, body, submitted_at, user, comments_count: count } = review;
        const whole = { number: index, author: user?.login ?? "", body, atMs: submitted_at ?? 0, place: null };
        remarks.push({ ...whole, id: `review-${id}`, verdict: verdictOf(review), reviewed: review.commit_id ?? null });
        if (count === 0) continue;
        const route = "GET /repos/{owner}/{repo}/pulls/{index}/reviews/{id}/comments";
        const lines = await rest.get(route, { ...given, id }, lineShape.array());
        remarks.push(
          ...lines.map(({ path, position, ...line }) => ({
            ...commentOf(line, index),
            id: `line-${line.id}`,
            place: { path, line: position || null },
          })),
        );
      }
      return inOrder(remarks);
    },
    async checks(commit) {
      const all: OneCheck[] = [];
      for (let page = 1; page <= MOST_STATUS_PAGES; page += 1) {
        const given = { ...at, ref: commit, limit: PER_PAGE, page };
        const { statuses } = await rest.get("GET /repos/{owner}/{repo}/commits/{ref}/status", given, statusShape);
        if (!statuses?.length) break;
        all.push(
          ...statuses.map(({ context, status, description, target_url }) => ({
            name: context,
            state: status,
            summary: description ?? "",
            url: target_url ?? "",
          })),
        );
      }
      return checksOf(all);
    },
    async commitsSince(branch, ms) {
      const given = { ...at, sha: branch, stat: false, verification: false, files: false };
      const isNew = ({ created }: z.output<typeof commitShape>) => created >= ms;
      const commits = await rest.listWhile("GET /repos/{owner}/{repo}/commits", given, commitShape, isNew);
      return commits.map(({ commit, created }) => ({ message: commit?.message ?? "", atMs: created }));
    },
    async labelPull(index, names) {
      const known = await rest.list("GET /repos/{owner}/{repo}/labels", at, label);
      const ids: number[] = [];
      for (const name of names) {
        const given = { ...at, name, color: LABEL_COLOR };
        const there = known.find((one) => hasLabel([one], name));
        ids.push((there ?? (await rest.send("POST /repos/{owner}/{repo}/labels", given, label))).id);
      }
      const given = { ...at, index, labels: ids };
      await rest.send("POST /repos/{owner}/{repo}/issues/{index}/labels", given, label.array());
    },
    async askReviewers(index, reviewers) {
      const route = "POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers";
      try {
        await rest.send(route, { ...at, index, reviewers }, z.unknown());
      } catch (error) {
        const isUnknown = error instanceof ForgeError && error.kind === "missing";
        throw isUnknown ? new ForgeError(error.message, "refused") : error;
      }
    },
    async mergePull(index, head) {
      const { default_merge_style: style } = await repository();
      const given = { ...at, index, Do: style || "merge", head_commit_id: head };
      await rest.send("POST /repos/{owner}/{repo}/pulls/{index}/merge", given, z.unknown());
    },
    async closePull(index) {
      if ((await readPull(index)).state !== "open") return;
      const given = { ...at, index, state: "closed" };
      await rest.send("PATCH /repos/{owner}/{repo}/pulls/{index}", given, z.object({ state: z.literal("closed") }));
    },
  };
}

/** Gitea would merge no pull request whose title begins with WIP. */
function finished(title: string): string {
  return title.replace(/^\s*\[?WIP(?=[\]:])/i, (start) => `${start}\u200b`);
}

function hasLabel(labels: readonly { name: string }[], wanted: string): boolean {
  return labels.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
}

function inOrder(comments: ForgeComment[]): ForgeComment[] {
  return comments.sort((a, b) => a.atMs - b.atMs);
}

/** What is wrong with older commits may still be wrong; that they are right says nothing of the newest one. */
function verdictOf({ state, dismissed, stale }: z.output<typeof reviewShape>): ForgeComment["verdict"] {
  if (dismissed) return null;
  if (state === "REQUEST_CHANGES") return "changes";
  return state === "APPROVED" && !stale ? "approved" : null;
}

function pullOf(given: z.output<typeof pullShape>): ForgePull {
  const { number, html_url, state, merged, merge_commit_sha, mergeable, head, base } = given;
  return {
    number,
    url: html_url,
    state: merged === true ? "merged" : state === "open" ? "open" : "closed",
    head: head.sha,
    base: base.ref,
    // Also false while Gitea looks and for a draft; Banyan finds with git what contradicts what.
    hasConflict: typeof mergeable === "boolean" ? !mergeable : null,
    mergedAs: merged === true && merge_commit_sha ? [merge_commit_sha] : [],
  };
}
