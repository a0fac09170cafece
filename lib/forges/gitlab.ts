/** GitLab, on gitlab.com and on servers of one's own. */
import { z } from "zod";
import {
  approvalsShape,
  assigns,
  commentOf,
  commitShape,
  discussionShape,
  endOfTrace,
  eventShape,
  failedOf,
  isPublicWord,
  issueOf,
  issueShape,
  jobShape,
  labelEventShape,
  listedCommitShape,
  MAY_PUSH,
  memberShape,
  mergeShape,
  noteShape,
  type OneStatus,
  projectShape,
  pullOf,
  reviewerShape,
  stateOf,
  statusShape,
  userShape,
} from "./gitlab-shapes";
import { type ClientOptions, type ForgeAccess, type ForgeComment, ForgeError, type ForgePort } from "./port";
import { createRest, type Pages, type Rest } from "./rest";

const PER_PAGE = 100;
const PAGES: Pages = { parameter: "per_page", size: PER_PAGE, isLast: (entries) => entries < PER_PAGE };
const DAY_MS = 24 * 60 * 60_000;
/** Failed jobs whose print is read. */
const MOST_TRACES = 3;

const MERGE = "/projects/{id}/merge_requests/{merge_request_iid}";
const made = z.object({});

export function createGitlab({ access, signal, now }: ClientOptions): ForgePort {
  // GitLab's jobs print text; everything else comes as JSON.
  const headers = { authorization: `Bearer ${access.token}`, accept: "*/*" };
  const rest = createRest({ access, headers, pages: PAGES, signal, now });
  const at = addressOf(access);
  const login = async () => (await rest.get("GET /user", {}, userShape)).username;
  const readMerge = (number: number) => rest.get(`GET ${MERGE}`, { ...at, merge_request_iid: number }, mergeShape);
  const notesOn = async (route: string, of: object) => rest.list(route, { ...at, ...of, sort: "asc" }, noteShape);
  const pullNotes = (number: number) => notesOn(`GET ${MERGE}/notes`, { merge_request_iid: number });
  const issueNotes = (number: number) => notesOn("GET /projects/{id}/issues/{issue_iid}/notes", { issue_iid: number });

  /** Returns the account with its rights; null: it has none here. */
  async function memberOf(name: string): Promise<z.output<typeof memberShape> | null> {
    // Who is in the project and in its group may come twice. The query also finds parts of names.
    const found = await rest.list("GET /projects/{id}/members/all", { ...at, query: name }, memberShape);
    const today = new Date(now()).toISOString().slice(0, 10);
    return (
      found
        .filter(({ username, state }) => username === name && state === "active")
        .filter(({ membership_state: state }) => state !== "awaiting")
        .filter(({ expires_at: end }) => !end || end > today)
        .sort((a, b) => b.access_level - a.access_level)[0] ?? null
    );
  }
  const mayWrite = async (name: string) => ((await memberOf(name))?.access_level ?? 0) >= MAY_PUSH;

  return {
    login,
    mayWrite,
    async repository() {
      const { default_branch: defaultBranch, permissions } = await rest.get("GET /projects/{id}", at, projectShape);
      const levels = [permissions?.project_access, permissions?.group_access].flatMap((one) => one?.access_level ?? []);
      // A group that the project is shared with is in neither.
      const mayPush = levels.some((level) => level >= MAY_PUSH) || (await mayWrite(await login()));
      return { defaultBranch, mayPush };
    },
    async issues(of, etag, page = 1) {
      const wanted = "label" in of ? { labels: of.label } : { assignee_username: of.assignee };
      const given = { ...at, ...wanted, state: "opened", confidential: false, order_by: "created_at", sort: "asc" };
      const read = await rest.listSince("GET /projects/{id}/issues", given, issueShape, { page, etag });
      return read === "unchanged" ? read : { issues: read.items.map(issueOf), etag: read.etag, isMore: read.isMore };
    },
    issue: async (number) =>
      issueOf(await rest.get("GET /projects/{id}/issues/{issue_iid}", { ...at, issue_iid: number }, issueShape)),
    async askedBy(number, of) {
      if ("assignee" in of) {
        const last = (await issueNotes(number)).findLast((note) => assigns(note, of.assignee));
        return last?.author?.username ?? null;
      }
      const route = "GET /projects/{id}/issues/{issue_iid}/resource_label_events";
      const events = await rest.list(route, { ...at, issue_iid: number }, labelEventShape);
      const wanted = of.label.toLowerCase();
      const last = events.findLast(({ action, label }) => action === "add" && label?.name.toLowerCase() === wanted);
      return last?.user?.username ?? null;
    },
    commentsSince: (ms) => commentsSince(rest, at, ms),
    issueComments: async (number) =>
      (await issueNotes(number)).filter(isPublicWord).map((one) => commentOf(one, number)),
    async commentOnIssue(number, body) {
      await rest.send("POST /projects/{id}/issues/{issue_iid}/notes", { ...at, issue_iid: number, body }, made);
    },
    pullComments: async (number) =>
      (await pullNotes(number))
        .filter((note) => isPublicWord(note) && note.type !== "DiffNote")
        .map((note) => commentOf(note, number)),
    async commentOnPull(number, body) {
      await rest.send(`POST ${MERGE}/notes`, { ...at, merge_request_iid: number, body }, made);
    },
    async findPull(branch) {
      const given = { ...at, source_branch: branch, state: "all", order_by: "created_at", sort: "desc" };
      const found = await rest.first(
        "GET /projects/{id}/merge_requests",
        given,
        mergeShape,
        // A fork may have a branch of this name.
        ({ source_project_id: from, target_project_id: to }) => from === to,
      );
      // Lists say less than a merge request itself.
      return found === null ? null : pullOf(await readMerge(found.iid));
    },
    async openPull({ title, body, branch, base }) {
      const given = { title: ready(title), description: body, source_branch: branch, target_branch: base };
      return pullOf(await rest.send("POST /projects/{id}/merge_requests", { ...at, ...given }, mergeShape));
    },
    pull: async (number) => pullOf(await readMerge(number)),
    reviews: (number) => reviewsOf(rest, at, number, pullNotes),
    checks: (commit, number) => checksOf(rest, { ...at, commit }, () => readMerge(number)),
    async commitsSince(branch, ms) {
      const given = { ...at, ref_name: branch, since: new Date(ms).toISOString() };
      const commits = await rest.list("GET /projects/{id}/repository/commits", given, listedCommitShape);
      return commits.map(({ message, committed_date }) => ({ message: message ?? "", atMs: committed_date ?? ms }));
    },
    async labelPull(number, labels) {
      await rest.send(`PUT ${MERGE}`, { ...at, merge_request_iid: number, add_labels: labels.join(",") }, made);
    },
    async askReviewers(number, logins) {
      const { reviewers } = await readMerge(number);
      const ids = new Set((reviewers ?? []).map(({ id }) => id));
      for (const name of logins) {
        const member = await memberOf(name);
        if (member === null)
          throw new ForgeError(`${name} is no member of ${access.path} on ${access.host}.`, "refused");
        ids.add(member.id);
      }
      const given = { ...at, merge_request_iid: number, reviewer_ids: [...ids] };
      const asked = await rest.send(`PUT ${MERGE}`, given, mergeShape);
      const left = logins.filter((name) => !(asked.reviewers ?? []).some(({ username }) => username === name));
      if (left.length > 0)
        throw new ForgeError(
          `${access.host} did not ask ${left.join(" and ")} to review: without a licence a merge request has one reviewer.`,
          "refused",
        );
    },
    async mergePull(number, head) {
      const { user } = await readMerge(number);
      // GitLab answers as to a wrong token.
      if (user?.can_merge === false)
        throw new ForgeError(`Banyan's account may not merge into this branch of ${access.path}.`, "refused");
      const given = { ...at, merge_request_iid: number, sha: head };
      await rest.send(`PUT ${MERGE}/merge`, given, z.object({ state: z.literal("merged") }));
    },
    async closePull(number) {
      if (pullOf(await readMerge(number)).state !== "open") return;
      const given = { ...at, merge_request_iid: number, state_event: "close" };
      const { state } = pullOf(await rest.send(`PUT ${MERGE}`, given, mergeShape));
      // What it cannot close, such as one that is just being merged, GitLab leaves as it is without an error.
      if (state === "open")
        throw new ForgeError(`${access.host} did not close this merge request: Banyan tries again by itself.`, "away");
    },
  };
}

/** Throws ForgeError. */
function addressOf({ path, host }: ForgeAccess): { id: string } {
  if (path.split("/").length >= 2) return { id: path };
  throw new ForgeError(`${host}/${path} does not name a repository as HOST/GROUP/NAME.`, "refused");
}

/** GitLab merges nothing whose title begins so; it may be the title of an issue. */
function ready(title: string): string {
  return title.replace(/^\s*[[(]?draft/i, (start) => `${start}\u200b`);
}

/**
 * Reads the events of the project: one list for all of its issues and merge requests. An event is written after its
 * note, so its own time is what says whether it was read.
 */
async function commentsSince(rest: Rest, at: { id: string }, ms: number): Promise<ForgeComment[]> {
  // Whole days count, none of which is included, and they are those of the server's time zone.
  const after = new Date(ms - 2 * DAY_MS).toISOString().slice(0, 10);
  const given = { ...at, action: "commented", after, sort: "desc" };
  const events: z.output<typeof eventShape>[] = [];
  // The newest come first, so what follows the first one that is too old was read before.
  await rest.first("GET /projects/{id}/events", given, eventShape, (event) => {
    const isRead = event.created_at < ms;
    if (!isRead) events.push(event);
    return isRead;
  });
  return events.reverse().flatMap(({ created_at: atMs, author_username, note }) => {
    if (!note || !isPublicWord(note) || note.type === "DiffNote") return [];
    const on = note.noteable_type === "MergeRequest" ? "pull" : note.noteable_type === "Issue" ? "issue" : null;
    if (on === null) return [];
    const author = note.author?.username ?? author_username ?? "";
    const number = note.noteable_iid ?? 0;
    const said: ForgeComment = {
      id: String(note.id),
      number,
      on,
      author,
      body: note.body,
      atMs,
      place: null,
      verdict: null,
      reviewed: null,
    };
    return [said];
  });
}

/**
 * A reviewer stands as asking for changes until they approve or are asked anew, and GitLab does not say since when: what
 * they say meanwhile is their review, and each of their comments counts once.
 */
async function reviewsOf(
  rest: Rest,
  at: { id: string },
  number: number,
  notesOf: (number: number) => Promise<z.output<typeof noteShape>[]>,
): Promise<ForgeComment[]> {
  const given = { ...at, merge_request_iid: number };
  const reviewers = await rest.get(`GET ${MERGE}/reviewers`, given, reviewerShape.array());
  const { approved_by } = await rest.get(`GET ${MERGE}/approvals`, given, approvalsShape);
  const discussions = await rest.list(`GET ${MERGE}/discussions`, given, discussionShape);
  const lines = discussions.flatMap(({ notes }) =>
    (notes ?? [])
      .filter((note) => isPublicWord(note) && note.type === "DiffNote" && note.resolved !== true)
      .map(({ position, ...note }) => ({
        ...commentOf(note, number),
        place: {
          path: position?.new_path ?? position?.old_path ?? "",
          line: position?.new_line ?? position?.old_line ?? null,
        },
      })),
  );
  const asking = reviewers.filter(({ state }) => state === "requested_changes");
  const notes =
    asking.length === 0 ? [] : (await notesOf(number)).filter((one) => isPublicWord(one) && one.type !== "DiffNote");
  const changes = asking.flatMap(({ user }) => {
    const author = user?.username ?? "";
    const said = notes.filter((note) => note.author?.username === author).map((note) => commentOf(note, number));
    const isSaid = said.length > 0 || lines.some((line) => line.author === author);
    const bare = { id: `changes-${user?.id}`, number, author, body: "", atMs: 0, place: null, reviewed: null };
    return (isSaid ? said : [bare]).map((one) => ({ ...one, verdict: "changes" as const }));
  });
  const approved = (approved_by ?? []).map(({ user, approved_at }) => {
    const whole = {
      id: `approved-${user?.id}`,
      number,
      author: user?.username ?? "",
      body: "",
      atMs: approved_at ?? 0,
    };
    return { ...whole, place: null, verdict: "approved" as const, reviewed: null };
  });
  return [...approved, ...changes, ...lines].sort((a, b) => a.atMs - b.atMs);
}

/** A merge that GitLab tries has a commit of its own. */
const TRIED_MERGE = /^refs\/merge-requests\/\d+\/(?:merge|train)$/;

/** Returns the pipeline of a merge request's commit. After a push GitLab names the one of the commit before for a while. */
async function pipelineOf(
  rest: Rest,
  { id, commit }: { id: string; commit: string },
  { head_pipeline: pipeline }: Pick<z.output<typeof mergeShape>, "head_pipeline">,
) {
  if (!pipeline || pipeline.sha === commit) return pipeline ?? null;
  if (!TRIED_MERGE.test(pipeline.ref)) return null;
  const given = { id, sha: pipeline.sha };
  const tried = await rest.find("GET /projects/{id}/repository/commits/{sha}", given, commitShape);
  return tried?.parent_ids?.includes(commit) ? pipeline : null;
}

/** The jobs of the newest pipeline, which may be of a merge that GitLab tries, and what other programs say of the commit. */
async function checksOf(
  rest: Rest,
  { id, commit }: { id: string; commit: string },
  readMerge: () => Promise<z.output<typeof mergeShape>>,
) {
  const route = "GET /projects/{id}/repository/commits/{sha}/statuses";
  const statuses = await rest.list(route, { id, sha: commit }, statusShape);
  // Jobs are among them; the pipeline says more of its own.
  const all = new Map<number, OneStatus>(
    statuses.map(({ id: of, name, status, allow_failure, description, target_url }) => {
      const said = { summary: description ?? "", url: target_url ?? "" };
      return [of, { id: of, name, state: status, mayFail: allow_failure === true, ...said }];
    }),
  );
  const pipeline = await pipelineOf(rest, { id, commit }, await readMerge());
  // The pipeline of a fork's merge request may run in the fork.
  const owner = pipeline?.project_id ?? id;
  const jobs = pipeline
    ? await rest.list(
        "GET /projects/{id}/pipelines/{pipeline_id}/jobs",
        { id: owner, pipeline_id: pipeline.id },
        jobShape,
      )
    : [];
  for (const { id: of, name, status, allow_failure, failure_reason, web_url } of jobs) {
    const said = { summary: failure_reason ?? "", url: web_url ?? "" };
    all.set(of, { id: of, name, state: status, mayFail: allow_failure === true, ...said });
  }
  const known = [...all.values()];
  const failed = failedOf(known);
  const ofJobs = failed.filter(({ id: of }) => jobs.some((job) => job.id === of)).slice(0, MOST_TRACES);
  for (const job of ofJobs) {
    const trace = await rest.endOf("GET /projects/{id}/jobs/{job_id}/trace", { id: owner, job_id: job.id });
    if (trace) job.summary = [job.summary, endOfTrace(trace)].filter(Boolean).join("\n");
  }
  return { state: stateOf(known), failed: failed.map(({ name, summary, url }) => ({ name, summary, url })) };
}
