/** A stand-in for Gitea: issues, comments, labels, pull requests, reviews and statuses of one repository with real git. */
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

const STATES = { approved: "APPROVED", changes: "REQUEST_CHANGES", said: "COMMENT" } as const;
const REPOSITORY_ID = 1;
/** Gitea gives at most so many entries, whatever it is asked for. */
const MOST_ENTRIES = 3;

/** What only Gitea has. */
interface Extra {
  /** Labels of the repository: one that it does not have filters nothing. */
  labels: { id: number; name: string }[];
  /** How the repository merges. */
  mergeStyle: string;
  /** With what the pull requests were merged. */
  merges: Record<string, unknown>[];
  /** Reviews whose commit is no longer the newest, and those that somebody dismissed. */
  stale: Set<number>;
  dismissed: Set<number>;
}

export type GiteaServer = ForgeServer & { gitea: Extra };

/** `folder`: where the repository `acme/widgets.git` is, with a branch main. */
export async function startGitea(folder: string, options: ForgeOptions): Promise<GiteaServer> {
  const state = await createForgeState(folder, options, { countsTogether: true, path: "acme/widgets" });
  const gitea: Extra = { labels: [], mergeStyle: "rebase", merges: [], stale: new Set(), dismissed: new Set() };
  const server = await serveForge(state, {
    description: readDescription("gitea"),
    apiPath: "/api/v1",
    isAuthorized: ({ authorization }) => authorization === `token ${state.token}`,
    unauthorized: { status: 401, data: { message: "user does not exist", url: "" } },
    missing: missing(),
    openPullRoute: "POST /repos/{owner}/{repo}/pulls",
    // Gitea itself counts no requests; what stands before it may.
    limitedUntil: (second) => ({
      status: 429,
      data: { message: "Too Many Requests" },
      headers: { "retry-after": String(Math.max(1, second - Math.floor(Date.now() / 1_000))) },
    }),
    tooFewRights: {
      status: 403,
      data: { message: "token does not have at least one of required scope(s): [write:issue]", url: "" },
    },
    signed: (body, secret) => ({ "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex") }),
    answer: (asked) => paged(answer({ ...state, gitea }, asked), asked),
  });
  return Object.assign(server, { gitea });
}

type State = ForgeState & { gitea: Extra };

const fine = (data: unknown, status = 200): Answered => ({ status, data });
const refused = (status: number, message: string): Answered => ({ status, data: { message, url: "" } });
const missing = (): Answered => refused(404, "The target couldn't be found.");
const account = (login: string) => ({ login, id: 1 });
const isPlain = ({ line, review }: Comment) => !line && !review;

/** Lists without pages are whole. */
const WHOLE = ["/issues/{index}/comments", "/reviews/{id}/comments", "/requested_reviewers", "/issues/{index}/labels"];

function paged(answered: Answered, { route, query }: Asked): Answered {
  const { data } = answered;
  if (!Array.isArray(data) || WHOLE.some((end) => route.endsWith(end))) return answered;
  const size = Math.min(Number(query.get("limit") ?? MOST_ENTRIES), MOST_ENTRIES);
  const begin = (Number(query.get("page") ?? 1) - 1) * size;
  return { ...answered, data: data.slice(begin, begin + size) };
}

function answer(state: State, asked: Asked): Answered {
  const { route, parameters, body } = asked;
  if (route === "GET /user") return fine(account(state.login));
  if (`${parameters.owner}/${parameters.repo}` !== state.path) return missing();
  if (parameters.index === undefined) return ofRepository(state, asked);
  const issue = state.issueOf(Number(parameters.index));
  return issue === undefined ? missing() : ofIssue(state, issue, { route, parameters, body });
}

function ofRepository(state: State, { route, parameters, query, body }: Asked): Answered {
  switch (route) {
    case "GET /repos/{owner}/{repo}": {
      const own = state.accounts.find(({ login }) => login === state.login)?.permission ?? "none";
      return fine({
        name: "widgets",
        full_name: "acme/widgets",
        default_branch: "main",
        default_merge_style: state.gitea.mergeStyle,
        permissions: { admin: own === "admin", push: own === "admin" || own === "write", pull: true },
      });
    }
    case "GET /repos/{owner}/{repo}/issues":
      return fine(listed(state, query).map((issue) => shownIssue(state, issue)));
    case "GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission":
      return permissionOf(state, parameters.collaborator ?? "");
    case "GET /repos/{owner}/{repo}/issues/comments":
      return fine(
        state.comments
          .filter((one) => isPlain(one) && one.at >= (query.get("since") ?? ""))
          .map((one) => shownComment(state, one)),
      );
    case "GET /repos/{owner}/{repo}/labels":
      return fine(state.gitea.labels);
    case "POST /repos/{owner}/{repo}/labels": {
      const made = { id: state.nextId(), name: String(body.name) };
      state.gitea.labels.push(made);
      return fine(made, 201);
    }
    case "GET /repos/{owner}/{repo}/pulls":
      return fine(
        state.issues
          .filter(({ pull }) => pull)
          .reverse()
          .map((issue) => shownPull(state, issue)),
      );
    case "POST /repos/{owner}/{repo}/pulls":
      return openPull(state, body);
    case "GET /repos/{owner}/{repo}/commits":
      return fine(
        state
          .commits(query.get("sha") ?? "main")
          .map(({ sha, message, at: created }) => ({ sha, created, commit: { message } })),
      );
    case "GET /repos/{owner}/{repo}/commits/{ref}/status": {
      const all = (state.checks.get(parameters.ref ?? "") ?? []).map(({ name, conclusion, summary }) => ({
        context: name,
        status: conclusion,
        description: summary,
        target_url: "https://forge.test/run",
      }));
      const begin = (Number(query.get("page") ?? 1) - 1) * MOST_ENTRIES;
      return fine({ sha: parameters.ref, statuses: all.slice(begin, begin + MOST_ENTRIES), total_count: all.length });
    }
    default:
      return missing();
  }
}

function listed(state: State, query: URLSearchParams): Issue[] {
  const label = query.get("labels");
  const assignee = query.get("assigned_by");
  const filters = state.gitea.labels.some(({ name }) => name === label);
  return state.issues
    .filter(({ open, pull }) => open && !(pull && query.get("type") === "issues"))
    .filter(({ labels }) => label === null || !filters || labels.includes(label))
    .filter(({ events }) => assignee === null || events.some((event) => event.assignee === assignee))
    .reverse();
}

/** Gitea tells it administrators of the repository, and each account about itself. */
function permissionOf(state: State, login: string): Answered {
  const own = state.accounts.find((one) => one.login === state.login)?.permission;
  if (own !== "admin" && login !== state.login)
    return refused(403, "Only admins can query all permissions, repo admins can query all repo permissions");
  const found = state.accounts.find((one) => one.login === login);
  if (!found) return missing();
  return fine({ permission: found.permission, role_name: found.permission, user: account(login) });
}

function openPull(state: State, body: Record<string, unknown>): Answered {
  const { title = "", head = "", base = "", body: text = "" } = body as Record<string, string>;
  if (state.issues.some(({ open, pull }) => open && pull?.branch === head && pull.base === base))
    return refused(409, `pull request already exists for these targets [head_branch: ${head}, base_branch: ${base}]`);
  if (state.reference(head) === null || state.reference(base) === null) return missing();
  return fine(shownPull(state, state.openPull({ title, body: text, by: state.login, branch: head, base })), 201);
}

function ofIssue(
  state: State,
  issue: Issue,
  { route, parameters, body }: Pick<Asked, "route" | "parameters" | "body">,
): Answered {
  const said = state.comments.filter(({ on }) => on === issue);
  switch (route) {
    case "GET /repos/{owner}/{repo}/issues/{index}":
      return fine(shownIssue(state, issue));
    case "GET /repos/{owner}/{repo}/issues/{index}/timeline":
      return fine(
        issue.events.map(({ by, label, assignee }) => ({
          id: state.nextId(),
          user: account(by),
          ...(label !== undefined && { type: "label", body: "1", label: { id: 1, name: label } }),
          ...(assignee !== undefined && { type: "assignees", assignee: account(assignee), removed_assignee: false }),
        })),
      );
    case "GET /repos/{owner}/{repo}/issues/{index}/comments":
      return fine(said.filter(isPlain).map((one) => shownComment(state, one)));
    case "POST /repos/{owner}/{repo}/issues/{index}/comments":
      return fine(shownComment(state, state.comment(issue.number, state.login, String(body.body))), 201);
    case "POST /repos/{owner}/{repo}/issues/{index}/labels": {
      const added = state.gitea.labels.filter(({ id }) => (body.labels as number[]).includes(id));
      issue.labels.push(...added.map(({ name }) => name).filter((name) => !issue.labels.includes(name)));
      return fine(state.gitea.labels.filter(({ name }) => issue.labels.includes(name)));
    }
    default:
      return issue.pull ? ofPull(state, { ...issue, pull: issue.pull }, { route, parameters, body, said }) : missing();
  }
}

function ofPull(
  state: State,
  issue: Issue & { pull: NonNullable<Issue["pull"]> },
  { route, parameters, body, said }: Pick<Asked, "route" | "parameters" | "body"> & { said: readonly Comment[] },
): Answered {
  const { pull } = issue;
  const reviews = said.flatMap((one) => (one.review ? [{ ...one, review: one.review }] : []));
  /** A remark on a line belongs to the review before it. */
  const linesOf = (review: number) =>
    said.filter(({ id, line }) => line && reviews.findLast((one) => one.id < id)?.id === review);
  switch (route) {
    case "GET /repos/{owner}/{repo}/pulls/{index}":
      return fine(shownPull(state, issue));
    case "GET /repos/{owner}/{repo}/pulls/{index}/reviews":
      return fine([
        // Somebody was asked, and somebody has not sent a review yet: neither says anything.
        ...pull.reviewers.map((login) => ({ id: state.nextId(), user: account(login), state: "REQUEST_REVIEW" })),
        ...reviews.map(({ id, by, body: text, at, review, of }) => ({
          id,
          body: text,
          user: account(by),
          state: STATES[review],
          submitted_at: at,
          commit_id: of,
          comments_count: linesOf(id).length,
          stale: state.gitea.stale.has(id),
          dismissed: state.gitea.dismissed.has(id),
        })),
      ]);
    case "GET /repos/{owner}/{repo}/pulls/{index}/reviews/{id}/comments":
      return fine(
        linesOf(Number(parameters.id)).map(({ id, by, body: text, at, line }) => ({
          id,
          body: text,
          user: account(by),
          created_at: at,
          path: line?.path,
          position: line?.line,
          original_position: 0,
        })),
      );
    case "PATCH /repos/{owner}/{repo}/pulls/{index}":
      if (pull.merged) return refused(412, "cannot change state of this pull request, it was already merged");
      return fine(shownPull(state, body.state === "closed" ? state.closePull(issue.number) : issue), 201);
    case "POST /repos/{owner}/{repo}/pulls/{index}/merge": {
      if (pull.merged || !state.isMergeable(pull)) return refused(405, "Please try again later");
      if (body.head_commit_id !== state.reference(pull.branch)) return refused(409, "head out of date");
      if (body.Do !== state.gitea.mergeStyle) return refused(405, "Merge style is not allowed");
      state.gitea.merges.push(body);
      state.merge(issue.number);
      return { status: 200, data: "", headers: { "content-type": "text/plain" } };
    }
    case "POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers": {
      const asked = body.reviewers as string[];
      const unknown = asked.find((login) => !state.accounts.some((one) => one.login === login));
      if (unknown !== undefined) return refused(404, `UserNotExist: '${unknown}' not exist`);
      pull.reviewers.push(...asked.filter((login) => !pull.reviewers.includes(login)));
      return fine([], 201);
    }
    default:
      return missing();
  }
}

function shownIssue({ host, gitea }: State, { number, title, body, by, open, labels, pull }: Issue) {
  return {
    number,
    title,
    body,
    user: account(by),
    state: open ? "open" : "closed",
    labels: labels.map((name) => ({ id: gitea.labels.find((one) => one.name === name)?.id ?? 1, name })),
    html_url: `http://${host}/acme/widgets/${pull ? "pulls" : "issues"}/${number}`,
    ...(pull && { pull_request: { merged: pull.merged } }),
  };
}

function shownComment({ host }: State, { id, on: { number, pull }, by, body, at: created }: Comment) {
  const page = `http://${host}/acme/widgets/${pull ? "pulls" : "issues"}/${number}`;
  return {
    id,
    body,
    user: account(by),
    created_at: created,
    updated_at: created,
    issue_url: pull ? "" : page,
    pull_request_url: pull ? page : "",
    html_url: `${page}#issuecomment-${id}`,
  };
}

function shownPull(state: State, issue: Issue) {
  const { pull = { branch: "", base: "main", merged: false, mergedAs: "" } } = issue;
  const head = state.reference(pull.branch);
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.open ? "open" : "closed",
    html_url: `http://${state.host}/acme/widgets/pulls/${issue.number}`,
    merged: pull.merged,
    ...(pull.mergedAs && { merge_commit_sha: pull.mergedAs }),
    mergeable: state.isMergeable(pull),
    user: account(issue.by),
    head: {
      // The branch may be deleted; its name stays as the label.
      ref: head === null ? `refs/pull/${issue.number}/head` : pull.branch,
      sha: head ?? "0".repeat(40),
      label: pull.branch,
      repo_id: REPOSITORY_ID,
    },
    base: { ref: pull.base, sha: state.reference(pull.base) ?? "", label: pull.base, repo_id: REPOSITORY_ID },
  };
}
