/** A stand-in for GitLab: issues, notes, label events, merge requests, reviewers and jobs of one project with real git. */
import { createHmac } from "node:crypto";
import { readDescription } from "./description";
import { type Asked, type ForgeServer, serveForge } from "./forge-server";
import {
  type Answered,
  type Comment,
  createForgeState,
  type ForgeOptions,
  type ForgeState,
  type Issue,
} from "./forge-state";

const LEVELS = { admin: 40, write: 30, read: 20, none: 0 } as const;
const STATES = { approved: "approved", changes: "requested_changes", said: "reviewed" } as const;
const PROJECT = 7;
const PIPELINE = 500;

/** `folder`: where the repository `acme/tools/widgets.git` is, with a branch main. */
export async function startGitlab(folder: string, options: ForgeOptions): Promise<ForgeServer> {
  const state = await createForgeState(folder, options, { countsTogether: false, path: "acme/tools/widgets" });
  return serveForge(state, {
    description: readDescription("gitlab"),
    apiPath: "/api/v4",
    isAuthorized: ({ authorization }) => authorization === `Bearer ${state.token}`,
    unauthorized: refused(401, "401 Unauthorized"),
    missing: missing(),
    openPullRoute: "POST /projects/{id}/merge_requests",
    limitedUntil: (second) => ({
      status: 429,
      data: "Retry later",
      headers: { "content-type": "text/plain", "ratelimit-remaining": "0", "ratelimit-reset": String(second) },
    }),
    tooFewRights: {
      status: 403,
      data: { error: "insufficient_scope", error_description: "The request requires higher privileges." },
    },
    signed(body, secret) {
      const [id, time] = ["5b1e", "1795000000"];
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
      return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
    },
    answer: (asked) => answer(state, asked),
  });
}

const fine = (data: unknown, status = 200): Answered => ({ status, data });
const refused = (status: number, message: unknown): Answered => ({ status, data: { message } });
const missing = () => refused(404, "404 Not found");
const idOf = ({ accounts }: ForgeState, login: string) => 1 + accounts.findIndex((one) => one.login === login);
const account = (state: ForgeState, login: string) => ({ id: idOf(state, login), username: login, state: "active" });
/** Words that people wrote on no line. */
const isPlain = ({ line }: Comment) => !line;

function answer(state: ForgeState, asked: Asked): Answered {
  const { route, parameters } = asked;
  if (route === "GET /user") return fine(account(state, state.login));
  if (parameters.id !== state.path && parameters.id !== String(PROJECT)) return missing();
  const { issue_iid: issueNumber, merge_request_iid: mergeNumber } = parameters;
  if (issueNumber !== undefined) {
    const issue = state.issueOf(Number(issueNumber));
    return issue === undefined ? missing() : ofIssue(state, issue, asked);
  }
  if (mergeNumber === undefined) return ofProject(state, asked);
  const merge = state.pullOf(Number(mergeNumber));
  return merge?.pull === undefined ? missing() : ofMerge(state, { ...merge, pull: merge.pull }, asked);
}

function ofProject(state: ForgeState, { route, parameters, query, body }: Asked): Answered {
  switch (route) {
    case "GET /projects/{id}": {
      const own = state.accounts.find(({ login }) => login === state.login)?.permission ?? "none";
      const access = { access_level: LEVELS[own], notification_level: 3 };
      return fine({ id: PROJECT, default_branch: "main", permissions: { project_access: access, group_access: null } });
    }
    case "GET /projects/{id}/issues": {
      const label = query.get("labels");
      const assignee = query.get("assignee_username");
      return fine(
        state.issues
          .filter(({ open, pull }) => open && !pull)
          .filter(({ confidential }) => query.get("confidential") !== "false" || !confidential)
          .filter(({ labels }) => label === null || labels.includes(label))
          .filter(({ events }) => assignee === null || events.some((event) => event.assignee === assignee))
          .map((issue) => shownIssue(state, issue)),
      );
    }
    case "GET /projects/{id}/events": {
      const after = query.get("after") ?? "";
      const events = state.comments.filter(({ at }) => at.slice(0, 10) > after).map((one) => shownEvent(state, one));
      return fine(query.get("sort") === "asc" ? events : events.reverse());
    }
    case "GET /projects/{id}/members/all":
      return fine(
        state.accounts
          .filter(({ login, permission }) => permission !== "none" && login.includes(query.get("query") ?? ""))
          .map(({ login, permission }) => ({
            ...account(state, login),
            access_level: LEVELS[permission],
            expires_at: null,
          })),
      );
    case "GET /projects/{id}/merge_requests": {
      const merges = state.issues.filter(({ pull }) => pull?.branch === query.get("source_branch")).reverse();
      return fine(merges.map((merge) => shownMerge(state, merge)));
    }
    case "POST /projects/{id}/merge_requests":
      return openMerge(state, body as Record<string, string>);
    case "GET /projects/{id}/repository/commits":
      return fine(
        state
          .commits(query.get("ref_name") ?? "main")
          .filter(({ at }) => at >= (query.get("since") ?? ""))
          .map(({ sha: id, message, at: committed_date }) => ({ id, message, committed_date })),
      );
    case "GET /projects/{id}/repository/commits/{sha}/statuses":
      return fine(jobsOf(state, parameters.sha).map(({ web_url: target_url, ...job }) => ({ ...job, target_url })));
    case "GET /projects/{id}/pipelines/{pipeline_id}/jobs":
      return fine(jobsOf(state, [...state.checks.keys()].at(Number(parameters.pipeline_id) - PIPELINE)));
    case "GET /projects/{id}/jobs/{job_id}/trace":
      return traceOf(state, Number(parameters.job_id));
    default:
      return missing();
  }
}

function openMerge(state: ForgeState, body: Record<string, string>): Answered {
  const { title = "", source_branch: branch = "", target_branch: base = "", description = "" } = body;
  const other = state.issues.find(({ open, pull }) => open && pull?.branch === branch);
  if (other)
    return refused(409, [`Another open merge request already exists for this source branch: !${other.number}`]);
  if (state.reference(branch) === null) return refused(422, { source_branch: ["does not exist"] });
  return fine(shownMerge(state, state.openPull({ title, body: description, by: state.login, branch, base })), 201);
}

function ofIssue(state: ForgeState, issue: Issue, { route, body }: Asked): Answered {
  switch (route) {
    case "GET /projects/{id}/issues/{issue_iid}":
      return fine(shownIssue(state, issue));
    case "GET /projects/{id}/issues/{issue_iid}/resource_label_events":
      return fine(
        issue.events
          .filter(({ label }) => label !== undefined)
          .map(({ by, label: name }) => ({ user: account(state, by), action: "add", label: { name } })),
      );
    case "GET /projects/{id}/issues/{issue_iid}/notes":
      return fine([...assignments(state, issue), ...notesOn(state, issue)]);
    case "POST /projects/{id}/issues/{issue_iid}/notes":
      return fine(shownNote(state, state.comment(issue.number, state.login, String(body.body))), 201);
    default:
      return missing();
  }
}

/** GitLab notes itself who assigned whom. */
function assignments(state: ForgeState, { events }: Issue) {
  return events
    .filter(({ assignee }) => assignee !== undefined)
    .map(({ by, assignee }) => ({
      id: state.nextId(),
      body: `assigned to @${assignee}`,
      author: account(state, by),
      created_at: "2026-01-01T00:00:00.000Z",
      system: true,
    }));
}

function ofMerge(
  state: ForgeState,
  merge: Issue & { pull: NonNullable<Issue["pull"]> },
  { route, body }: Asked,
): Answered {
  const { pull, number } = merge;
  const said = state.comments.filter(({ on }) => on.pull === pull);
  const verdicts = new Map(said.flatMap(({ by, review }) => (review ? [[by, review] as const] : [])));
  switch (route) {
    case "GET /projects/{id}/merge_requests/{merge_request_iid}":
      return fine(shownMerge(state, merge));
    case "PUT /projects/{id}/merge_requests/{merge_request_iid}":
      return changeMerge(state, merge, body);
    case "PUT /projects/{id}/merge_requests/{merge_request_iid}/merge":
      if (pull.merged || !state.isMergeable(pull)) return refused(405, "405 Method Not Allowed");
      if (body.sha !== state.reference(pull.branch)) return refused(409, "SHA does not match HEAD of source branch");
      state.merge(number);
      return fine(shownMerge(state, { ...merge, open: false }));
    case "GET /projects/{id}/merge_requests/{merge_request_iid}/reviewers":
      return fine([...verdicts].map(([by, verdict]) => ({ user: account(state, by), state: STATES[verdict] })));
    case "GET /projects/{id}/merge_requests/{merge_request_iid}/approvals": {
      const approved = [...verdicts].filter(([, verdict]) => verdict === "approved");
      return fine({ approved_by: approved.map(([by]) => ({ user: account(state, by) })) });
    }
    case "GET /projects/{id}/merge_requests/{merge_request_iid}/notes":
      return fine(notesOn(state, merge));
    case "POST /projects/{id}/merge_requests/{merge_request_iid}/notes":
      return fine(shownNote(state, state.commentOnPull(number, state.login, String(body.body))), 201);
    case "GET /projects/{id}/merge_requests/{merge_request_iid}/discussions":
      return fine(
        said.map((one) => ({
          id: `d${one.id}`,
          individual_note: isPlain(one),
          notes: [{ ...shownNote(state, one), resolved: false }],
        })),
      );
    default:
      return missing();
  }
}

function changeMerge(state: ForgeState, merge: Issue & { pull: NonNullable<Issue["pull"]> }, body: Asked["body"]) {
  const { labels, pull } = merge;
  const added = typeof body.add_labels === "string" ? body.add_labels.split(",") : [];
  labels.push(...added.filter((name) => !labels.includes(name)));
  if (Array.isArray(body.reviewer_ids)) {
    const ids = body.reviewer_ids as number[];
    pull.reviewers = state.accounts.map(({ login }) => login).filter((login) => ids.includes(idOf(state, login)));
  }
  // One that is merged stays as it is, without an error.
  const isClosed = body.state_event === "close" && !pull.merged;
  return fine(shownMerge(state, isClosed ? state.closePull(merge.number) : merge));
}

interface Job {
  id: number;
  name: string;
  status: string;
  web_url: string;
  failure_reason?: string;
}

function jobsOf({ checks, host, path }: ForgeState, commit: string | undefined): Job[] {
  const pipeline = [...checks.keys()].indexOf(commit ?? "");
  return (checks.get(commit ?? "") ?? []).map(({ name, conclusion }, index) => ({
    id: 1_000 * (pipeline + 1) + index,
    name,
    status: conclusion === "failure" ? "failed" : "success",
    web_url: `http://${host}/${path}/-/jobs/${1_000 * (pipeline + 1) + index}`,
    ...(conclusion === "failure" && { failure_reason: "script_failure" }),
  }));
}

/** As a runner writes it: with folds, colours and a line that writes over itself. */
function traceOf({ checks }: ForgeState, job: number): Answered {
  const of = [...checks.values()].at(Math.floor(job / 1_000) - 1)?.at(job % 1_000);
  if (of === undefined) return missing();
  const data = `section_start:1560896352:step\r\u001b[0K\u001b[32;1m$ npm test\u001b[0;m\n10%\r100%\n${of.summary}\nsection_end:1560896353:step\r\u001b[0K`;
  return { status: 200, data, headers: { "content-type": "text/plain" } };
}

function shownIssue(state: ForgeState, { number, title, body, by, open, labels, confidential = false }: Issue) {
  return {
    iid: number,
    title,
    description: body,
    author: account(state, by),
    state: open ? "opened" : "closed",
    labels,
    confidential,
    web_url: `http://${state.host}/${state.path}/-/issues/${number}`,
  };
}

function shownNote(state: ForgeState, { id, by, body, at, line, on }: Comment) {
  const lines = line && { new_path: line.path, new_line: line.line, old_path: line.path, old_line: null };
  return {
    id,
    body,
    author: account(state, by),
    created_at: at,
    system: false,
    internal: false,
    type: line ? ("DiffNote" as const) : null,
    noteable_type: on.pull ? "MergeRequest" : "Issue",
    noteable_iid: on.number,
    ...(lines && { position: lines }),
  };
}

function notesOn(state: ForgeState, of: Issue) {
  const said = state.comments.filter(({ on }) => on.number === of.number && on.pull === of.pull);
  return said.map((one) => shownNote(state, one));
}

function shownEvent(state: ForgeState, comment: Comment) {
  const { type } = shownNote(state, comment);
  return {
    action_name: "commented on",
    target_type: type ?? "Note",
    created_at: comment.at,
    author_username: comment.by,
    note: shownNote(state, comment),
  };
}

function shownMerge(state: ForgeState, issue: Issue) {
  const { pull = { branch: "", base: "main", merged: false, mergedAs: undefined, reviewers: [] } } = issue;
  const head = state.reference(pull.branch) ?? "0".repeat(40);
  const pipeline = [...state.checks.keys()].indexOf(head);
  const isMergeable = state.isMergeable(pull);
  return {
    iid: issue.number,
    title: issue.title,
    description: issue.body,
    state: pull.merged ? "merged" : issue.open ? "opened" : "closed",
    web_url: `http://${state.host}/${state.path}/-/merge_requests/${issue.number}`,
    author: account(state, issue.by),
    labels: issue.labels,
    sha: head,
    ...(pull.mergedAs !== undefined && { merge_commit_sha: pull.mergedAs }),
    source_branch: pull.branch,
    target_branch: pull.base,
    source_project_id: PROJECT,
    target_project_id: PROJECT,
    reviewers: pull.reviewers.map((login) => account(state, login)),
    has_conflicts: !isMergeable,
    merge_status: isMergeable ? ("can_be_merged" as const) : ("cannot_be_merged" as const),
    detailed_merge_status: isMergeable ? "mergeable" : "conflict",
    user: { can_merge: true },
    ...(pipeline >= 0 && {
      head_pipeline: { id: PIPELINE + pipeline, project_id: PROJECT, sha: head, ref: pull.branch },
    }),
  };
}
