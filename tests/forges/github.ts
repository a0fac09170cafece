/** A stand-in for GitHub: issues, comments, labels, pull requests, reviews and checks of one repository with real git. */
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

const STATES = { approved: "APPROVED", changes: "CHANGES_REQUESTED", said: "COMMENTED" } as const;

/** `folder`: where the repository `acme/widgets.git` is, with a branch main. */
export async function startGithub(folder: string, options: ForgeOptions): Promise<ForgeServer> {
  const state = await createForgeState(folder, options, { countsTogether: true, path: "acme/widgets" });
  return serveForge(state, {
    description: readDescription("github"),
    apiPath: "/api/v3",
    isAuthorized: ({ authorization }) => authorization === `Bearer ${state.token}`,
    unauthorized: { status: 401, data: { message: "Bad credentials" } },
    missing: missing(),
    openPullRoute: "POST /repos/{owner}/{repo}/pulls",
    limitedUntil: (second) => ({
      status: 403,
      data: { message: "API rate limit exceeded" },
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(second) },
    }),
    tooFewRights: { status: 403, data: { message: "Resource not accessible by personal access token" } },
    signed: (body, secret) => ({
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    }),
    answer: (asked) => answer(state, asked),
  });
}

const fine = (data: unknown, status = 200): Answered => ({ status, data });
const invalid = (error: object): Answered => ({ status: 422, data: { message: "Validation Failed", errors: [error] } });
const missing = (): Answered => ({ status: 404, data: { message: "Not Found" } });
const pageOf = <Entry>(all: readonly Entry[], query: URLSearchParams): Entry[] => {
  const size = Number(query.get("per_page") ?? 30);
  const begin = (Number(query.get("page") ?? 1) - 1) * size;
  return all.slice(begin, begin + size);
};
const page = (all: readonly unknown[], query: URLSearchParams) => fine(pageOf(all, query));
const account = (login: string) => ({ login, id: 1, type: "User" });
const isPlain = ({ line, review }: Comment) => !line && !review;

function answer(state: ForgeState, { route, parameters, query, body }: Asked): Answered {
  if (route === "GET /user") return fine(account(state.login));
  if (`${parameters.owner}/${parameters.repo}` !== state.path) return missing();
  const number = parameters.issue_number ?? parameters.pull_number;
  if (number === undefined) return ofRepository(state, { route, parameters, query, body });
  const issue = state.issueOf(Number(number));
  return issue === undefined ? missing() : ofIssue(state, issue, { route, query, body });
}

function ofRepository(state: ForgeState, { route, parameters, query, body }: Asked): Answered {
  switch (route) {
    case "GET /repos/{owner}/{repo}":
      return fine({
        name: "widgets",
        full_name: "acme/widgets",
        default_branch: "main",
        permissions: {
          admin: false,
          push: state.accounts.some(({ login, permission }) => login === state.login && permission === "write"),
          pull: true,
        },
      });
    case "GET /repos/{owner}/{repo}/issues": {
      const label = query.get("labels");
      const assignee = query.get("assignee");
      return page(
        state.issues
          .filter(({ open }) => open)
          .filter(({ labels }) => label === null || labels.includes(label))
          .filter(({ events }) => assignee === null || events.some((event) => event.assignee === assignee))
          .map((issue) => shownIssue(state, issue)),
        query,
      );
    }
    case "GET /repos/{owner}/{repo}/collaborators/{username}/permission": {
      const found = state.accounts.find(({ login }) => login === parameters.username);
      if (!found || found.permission === "none") return missing();
      return fine({ permission: found.permission, role_name: found.permission, user: { ...account(found.login) } });
    }
    case "GET /repos/{owner}/{repo}/issues/comments":
      return fine(
        state.comments
          .filter((one) => isPlain(one) && one.at >= (query.get("since") ?? ""))
          .map((one) => shownComment(state, one)),
      );
    case "GET /repos/{owner}/{repo}/pulls": {
      const branch = (query.get("head") ?? "").replace("acme:", "");
      const pulls = state.issues.filter(({ pull }) => pull?.branch === branch).reverse();
      return fine(pulls.map((issue) => shownPull(state, issue)));
    }
    case "POST /repos/{owner}/{repo}/pulls":
      return openPull(state, body);
    case "GET /repos/{owner}/{repo}/commits": {
      const since = query.get("since") ?? "";
      return fine(
        state
          .commits(query.get("sha") ?? "main")
          .filter((one) => one.at >= since)
          .map(({ sha, message, at: date }) => {
            const author = { name: "s", email: "s@x", date };
            return { sha, commit: { message, author, committer: author } };
          }),
      );
    }
    case "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": {
      const runs = (state.checks.get(parameters.ref ?? "") ?? []).map(({ name, conclusion, summary }) => ({
        name,
        status: "completed",
        conclusion,
        output: { title: name, summary, text: null, annotations_count: 0, annotations_url: "https://forge.test/" },
      }));
      return fine({ total_count: runs.length, check_runs: pageOf(runs, query) });
    }
    case "GET /repos/{owner}/{repo}/commits/{ref}/status":
      return fine({ state: "pending", statuses: [], sha: parameters.ref, total_count: 0 });
    default:
      return missing();
  }
}

function openPull(state: ForgeState, body: Record<string, unknown>): Answered {
  const { title, head, base, body: text } = body as Record<string, string>;
  if (state.issues.some(({ open, pull }) => open && pull?.branch === head))
    return invalid({ message: `A pull request already exists for acme:${head}.` });
  if (state.reference(head ?? "") === null || state.reference(base ?? "") === null)
    return invalid({ resource: "PullRequest", field: "head" });
  const given = { title: title ?? "", body: text ?? "", by: state.login, branch: head ?? "", base: base ?? "" };
  return fine(shownPull(state, state.openPull(given)), 201);
}

function ofIssue(
  state: ForgeState,
  issue: Issue,
  { route, query, body }: Pick<Asked, "route" | "query" | "body">,
): Answered {
  const said = state.comments.filter(({ on }) => on === issue);
  switch (route) {
    case "GET /repos/{owner}/{repo}/issues/{issue_number}":
      return fine(shownIssue(state, issue));
    case "GET /repos/{owner}/{repo}/issues/{issue_number}/events":
      return fine(
        issue.events.map(({ event, by, label, assignee }) => ({
          id: state.nextId(),
          event,
          actor: account(by),
          ...(label !== undefined && { label: { name: label, color: "000000" } }),
          ...(assignee !== undefined && { assignee: account(assignee), assigner: account(by) }),
        })),
      );
    case "GET /repos/{owner}/{repo}/issues/{issue_number}/comments":
      return page(
        said.filter(isPlain).map((one) => shownComment(state, one)),
        query,
      );
    case "POST /repos/{owner}/{repo}/issues/{issue_number}/comments":
      return fine(shownComment(state, state.comment(issue.number, state.login, String(body.body))), 201);
    case "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": {
      const added = body.labels as string[];
      issue.labels.push(...added.filter((name) => !issue.labels.includes(name)));
      return fine(issue.labels.map((name) => ({ name })));
    }
    default:
      return issue.pull ? ofPull(state, { ...issue, pull: issue.pull }, { route, body, said }) : missing();
  }
}

function ofPull(
  state: ForgeState,
  issue: Issue & { pull: NonNullable<Issue["pull"]> },
  { route, body, said }: { route: string; body: Record<string, unknown>; said: readonly Comment[] },
): Answered {
  const { pull } = issue;
  switch (route) {
    case "GET /repos/{owner}/{repo}/pulls/{pull_number}":
      return fine(shownPull(state, issue));
    case "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews":
      return fine(
        said.flatMap(({ id, by, body: text, at, review, of }) =>
          review ? [{ id, body: text, user: account(by), state: STATES[review], submitted_at: at, commit_id: of }] : [],
        ),
      );
    case "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments":
      return fine(said.filter(({ line }) => line).map((one) => ({ ...shownComment(state, one), ...one.line })));
    case "PATCH /repos/{owner}/{repo}/pulls/{pull_number}":
      if (pull.merged) return invalid({ resource: "PullRequest", field: "state", code: "invalid" });
      return fine(shownPull(state, body.state === "closed" ? state.closePull(issue.number) : issue));
    case "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge": {
      if (pull.merged || !state.isMergeable(pull))
        return { status: 405, data: { message: "Pull Request is not mergeable" } };
      if (body.sha !== state.reference(pull.branch))
        return { status: 409, data: { message: "Head branch was modified. Review and try the merge again." } };
      state.merge(issue.number);
      return fine({ sha: state.reference(pull.base), merged: true, message: "Merged" });
    }
    case "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": {
      const asked = body.reviewers as string[];
      if (asked.some((login) => !state.accounts.some((one) => one.login === login)))
        return { status: 422, data: { message: "Reviews may only be requested from collaborators." } };
      pull.reviewers.push(...asked.filter((login) => !pull.reviewers.includes(login)));
      return fine(shownPull(state, issue), 201);
    }
    default:
      return missing();
  }
}

function shownIssue({ host }: ForgeState, { number, title, body, by, open, labels, pull }: Issue) {
  const address = "https://forge.test/";
  return {
    number,
    title,
    body,
    user: account(by),
    state: open ? "open" : "closed",
    labels: labels.map((name) => ({ name })),
    html_url: `http://${host}/acme/widgets/issues/${number}`,
    ...(pull && { pull_request: { url: address, html_url: address, diff_url: address, patch_url: address } }),
  };
}

function shownComment({ apiUrl, host }: ForgeState, { id, on: { number }, by, body, at: created }: Comment) {
  return {
    id,
    body,
    user: account(by),
    created_at: created,
    updated_at: created,
    issue_url: `${apiUrl}/repos/acme/widgets/issues/${number}`,
    html_url: `http://${host}/acme/widgets/issues/${number}#issuecomment-${id}`,
  };
}

function shownPull(state: ForgeState, issue: Issue) {
  const { pull = { branch: "", base: "main", merged: false, mergedAs: "" } } = issue;
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.open ? "open" : "closed",
    html_url: `http://${state.host}/acme/widgets/pull/${issue.number}`,
    merged: pull.merged,
    merged_at: pull.merged ? "2026-01-01T00:00:00Z" : null,
    merge_commit_sha: pull.mergedAs ?? null,
    mergeable: state.isMergeable(pull),
    user: account(issue.by),
    head: { ref: pull.branch, sha: state.reference(pull.branch) ?? "0".repeat(40), label: `acme:${pull.branch}` },
    base: { ref: pull.base, sha: state.reference(pull.base) ?? "", label: `acme:${pull.base}` },
  };
}
