/** GitHub, and GitHub Enterprise. */
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
import type { ClientOptions, ForgeComment, ForgePort, ForgePull } from "./port";
import { createRest, type Pages, TooLarge } from "./rest";
import { hmacOf, isSame } from "./signature";

const commentShape = remarkShape.extend({ issue_url: z.string().nullish() });

const pullShape = z.object({
  number: z.number().int(),
  html_url: z.string(),
  state: z.string(),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  head: z.object({ sha: z.string(), ref: z.string() }),
  base: z.object({ ref: z.string() }),
});

const reviewShape = z.object({
  id: z.number().int(),
  body: bodyText,
  state: z.string(),
  submitted_at: time.nullish(),
  commit_id: z.string().nullish(),
  user: account,
});

const lineShape = remarkShape.extend({
  path: z.string(),
  line: z.number().int().nullish(),
});

const eventShape = z.object({
  event: z.string(),
  actor: account,
  assigner: account,
  assignee: account,
  label: z.object({ name: z.string() }).nullish(),
});

const runShape = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  output: z.object({ title: z.string().nullish(), summary: z.string().nullish() }).nullish(),
});

const runsShape = z.object({ total_count: z.number().int(), check_runs: z.array(runShape) });

const statusShape = z.object({
  total_count: z.number().int(),
  statuses: z
    .array(
      z.object({
        context: z.string(),
        state: z.string(),
        description: z.string().nullish(),
        target_url: z.string().nullish(),
      }),
    )
    .nullish(),
});

const commitShape = z.object({
  commit: z.object({ message: z.string(), committer: z.object({ date: time.nullish() }).nullish() }),
});

const made = z.object({});

const PER_PAGE = 100;
const PAGES: Pages = { parameter: "per_page", size: PER_PAGE, isLast: (entries) => entries < PER_PAGE };
const MOST_CHECKS = 1_000;
/** Each check may say 128 KB, so a page of the first size may be too large. */
const CHECK_PAGES = [PER_PAGE, 10];

/** Stands for checks that were not read: one of them may fail yet, so the others alone say nothing of the commit. */
const UNREAD: OneCheck = { name: "checks that were not read", state: "pending", summary: "", url: "" };

const VERDICTS: ReadonlyMap<string, "approved" | "changes"> = new Map([
  ["APPROVED", "approved"],
  ["CHANGES_REQUESTED", "changes"],
]);
export function isSignedByGithub(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  return isSame(headers["x-hub-signature-256"], `sha256=${hmacOf(body, secret)}`);
}

/** With each request to GitHub's API. */
export function githubHeaders(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  };
}

export function createGithub({ access, signal, now }: ClientOptions): ForgePort {
  const rest = createRest({ access, headers: githubHeaders(access.token), pages: PAGES, signal, now });
  const at = addressOf(access);
  const readPull = async (number: number) =>
    pullOf(await rest.get("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number: number }, pullShape));
  // GitHub counts pull requests as issues.
  const commentsOn = async (number: number) => {
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
    const comments = await rest.list(route, { ...at, issue_number: number }, commentShape);
    return comments.map((comment) => commentOf(comment, number));
  };
  const comment = async (number: number, body: string) => {
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    await rest.send(route, { ...at, issue_number: number, body }, made);
  };
  return {
    async repository() {
      const shape = z.object({
        default_branch: z.string(),
        permissions: z.object({ push: z.boolean() }).nullish(),
      });
      const { default_branch: defaultBranch, permissions } = await rest.get("GET /repos/{owner}/{repo}", at, shape);
      return { defaultBranch, mayPush: permissions?.push ?? null };
    },
    login: async () => (await rest.get("GET /user", {}, z.object({ login: z.string() }))).login,
    async issues(of, etag, page = 1) {
      const wanted = "label" in of ? { labels: of.label } : { assignee: of.assignee };
      const given = { ...at, ...wanted, state: "open", sort: "created", direction: "asc" };
      const read = await rest.listSince("GET /repos/{owner}/{repo}/issues", given, issueShape, { page, etag });
      if (read === "unchanged") return read;
      const { items, etag: next, isMore } = read;
      return { issues: items.map(issueOf).filter(({ isPull }) => !isPull), etag: next, isMore };
    },
    issue: async (number) =>
      issueOf(
        await rest.get("GET /repos/{owner}/{repo}/issues/{issue_number}", { ...at, issue_number: number }, issueShape),
      ),
    async askedBy(number, of) {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/events";
      const events = await rest.list(route, { ...at, issue_number: number }, eventShape);
      const last = events.findLast(({ event, label, assignee }) =>
        "label" in of
          ? event === "labeled" && label?.name.toLowerCase() === of.label.toLowerCase()
          : event === "assigned" && assignee?.login === of.assignee,
      );
      return last?.assigner?.login ?? last?.actor?.login ?? null;
    },
    async mayWrite(login) {
      const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
      const found = await rest.find(route, { ...at, username: login }, permissionShape);
      return found !== null && WRITERS.has(found.permission);
    },
    async commentsSince(ms) {
      const given = { ...at, since: new Date(ms).toISOString(), sort: "created", direction: "asc" };
      const comments = await rest.list("GET /repos/{owner}/{repo}/issues/comments", given, commentShape);
      return comments.map((comment) => commentOf(comment, numberIn(comment.issue_url)));
    },
    issueComments: commentsOn,
    commentOnIssue: comment,
    pullComments: commentsOn,
    commentOnPull: comment,
    async findPull(branch) {
      const given = { ...at, head: `${at.owner}:${branch}`, state: "all", sort: "created", direction: "desc" };
      const pulls = await rest.get("GET /repos/{owner}/{repo}/pulls", { ...given, per_page: 1 }, pullShape.array());
      // Lists say less than a pull request itself.
      return pulls[0] === undefined ? null : readPull(pulls[0].number);
    },
    async openPull({ title, body, branch, base }) {
      const given = { ...at, title, body, base, head: branch };
      return pullOf(await rest.send("POST /repos/{owner}/{repo}/pulls", given, pullShape));
    },
    pull: readPull,
    async reviews(number) {
      const given = { ...at, pull_number: number };
      const reviews = await rest.list("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", given, reviewShape);
      const lines = await rest.list("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", given, lineShape);
      const remarks: ForgeComment[] = [
        ...reviews.map(({ id, body, state, submitted_at, user, commit_id }) => ({
          id: `review-${id}`,
          number,
          author: user?.login ?? "",
          body,
          atMs: submitted_at ?? 0,
          place: null,
          verdict: VERDICTS.get(state) ?? null,
          reviewed: commit_id ?? null,
        })),
        ...lines.map(({ id, path, line, ...comment }) => ({
          ...commentOf({ id, ...comment }, number),
          id: `line-${id}`,
          place: { path, line: line ?? null },
        })),
      ];
      return remarks.sort((a, b) => a.atMs - b.atMs);
    },
    async checks(commit) {
      const given = { ...at, ref: commit };
      const runs = await checksFrom(async (page) => {
        const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
        const { total_count: total, check_runs } = await rest.get(route, { ...given, ...page }, runsShape);
        return { total, checks: check_runs.map(checkOfRun) };
      });
      const statuses = await checksFrom(async (page) => {
        const route = "GET /repos/{owner}/{repo}/commits/{ref}/status";
        const { total_count: total, statuses } = await rest.get(route, { ...given, ...page }, statusShape);
        return { total, checks: statusesOf(statuses) };
      });
      return checksOf([...runs, ...statuses]);
    },
    async commitsSince(branch, ms) {
      const given = { ...at, sha: branch, since: new Date(ms).toISOString() };
      const commits = await rest.list("GET /repos/{owner}/{repo}/commits", given, commitShape);
      return commits.map(({ commit: { message, committer } }) => ({ message, atMs: committer?.date ?? ms }));
    },
    async labelPull(number, labels) {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels";
      await rest.send(route, { ...at, issue_number: number, labels }, z.array(z.object({ name: z.string() })));
    },
    async askReviewers(number, reviewers) {
      const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
      await rest.send(route, { ...at, pull_number: number, reviewers }, made);
    },
    async mergePull(number, head) {
      const route = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge";
      await rest.send(route, { ...at, pull_number: number, sha: head }, z.object({ merged: z.literal(true) }));
    },
    async closePull(number) {
      if ((await readPull(number)).state !== "open") return;
      const route = "PATCH /repos/{owner}/{repo}/pulls/{pull_number}";
      const given = { ...at, pull_number: number, state: "closed" };
      await rest.send(route, given, z.object({ state: z.literal("closed") }));
    },
  };
}

function pullOf(given: z.output<typeof pullShape>) {
  const { number, html_url, state, merged, merged_at, merge_commit_sha, mergeable, head, base } = given;
  const isMerged = merged === true || Boolean(merged_at);
  const pull: ForgePull = {
    number,
    url: html_url,
    state: isMerged ? "merged" : state === "open" ? "open" : "closed",
    head: head.sha,
    base: base.ref,
    hasConflict: typeof mergeable === "boolean" ? !mergeable : null,
    // Before, it is of a merge that GitHub tried.
    mergedAs: isMerged && merge_commit_sha ? [merge_commit_sha] : [],
  };
  return pull;
}

type ReadChecks = (page: { page: number; per_page: number }) => Promise<{ total: number; checks: OneCheck[] }>;

/** Resolves with the checks of all pages; where some are not given, with one more that is still running. */
async function checksFrom(read: ReadChecks): Promise<OneCheck[]> {
  for (const size of CHECK_PAGES) {
    const all = await checksInPages(read, size).catch((error: unknown) => {
      if (error instanceof TooLarge) return null;
      throw error;
    });
    if (all !== null) return all;
  }
  return [UNREAD];
}

async function checksInPages(read: ReadChecks, size: number): Promise<OneCheck[]> {
  const all: OneCheck[] = [];
  for (let page = 1; page <= MOST_CHECKS / size; page += 1) {
    const { total, checks } = await read({ page, per_page: size });
    all.push(...checks);
    if (all.length >= total) return all;
    if (checks.length === 0) break;
  }
  return [...all, UNREAD];
}

function checkOfRun({ name, status, conclusion, html_url, output }: z.output<typeof runShape>): OneCheck {
  return {
    name,
    state: status === "completed" ? (conclusion ?? "") : "pending",
    summary: [output?.title, output?.summary].filter(Boolean).join("\n"),
    url: html_url ?? "",
  };
}

function statusesOf(statuses: z.output<typeof statusShape>["statuses"]): OneCheck[] {
  return (statuses ?? []).map(({ context, state, description, target_url }) => ({
    name: context,
    state,
    summary: description ?? "",
    url: target_url ?? "",
  }));
}
