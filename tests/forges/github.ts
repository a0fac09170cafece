/** A stand-in for GitHub: issues, comments, labels, pull requests, reviews and checks of one repository with real git. */
import { execFileSync } from "node:child_process";
import http from "node:http";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { readDescription } from "./description";

export interface Account {
  login: string;
  permission: "admin" | "write" | "read" | "none";
}

interface Comment {
  id: number;
  number: number;
  by: string;
  body: string;
  at: string;
  line?: { path: string; line: number };
  review?: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  /** The commit that the review is of. */
  of?: string;
}

interface Issue {
  number: number;
  title: string;
  body: string;
  by: string;
  open: boolean;
  labels: string[];
  events: { event: string; by: string; label?: string; assignee?: string }[];
  /** Set for a pull request. */
  pull?: { branch: string; base: string; merged: boolean; reviewers: string[] };
}

interface Answered {
  status: number;
  data: unknown;
  headers?: Record<string, string>;
}

export interface GithubServer {
  host: string;
  apiUrl: string;
  /** The address that git clones. */
  cloneUrl: string;
  git: GitServer;
  bare: string;
  token: string;
  /** Banyan's account. */
  login: string;
  issues: Issue[];
  comments: Comment[];
  /** Checks by the commit. */
  checks: Map<string, { name: string; conclusion: "success" | "failure"; summary: string }[]>;
  accounts: Account[];
  /** Requests that it got: method and path. */
  requests: string[];
  /** What GitHub would refuse or ignore, by its own description. */
  complaints: string[];
  /** Called with each request before it is answered; what it returns is the answer. */
  before: ((route: string) => Answered | null) | null;
  /** The same after a request has had its effect. */
  after: ((route: string) => Answered | null) | null;
  openIssue(issue: { title: string; body?: string; by: string; labels?: string[] }): number;
  label(number: number, label: string, by: string): void;
  comment(number: number, by: string, body: string): void;
  review(number: number, by: string, state: Comment["review"], body: string, line?: Comment["line"]): void;
  merge(number: number): void;
  /** Somebody pushes a commit with these files. */
  commit(branch: string, files: Record<string, string>): void;
  close(): Promise<void>;
}

/** `bare`: the repository `owner/name.git` below `folder`, with a branch main. */
export async function startGithub(
  folder: string,
  { accounts, token = "forge-token" }: { accounts: readonly Account[]; token?: string },
): Promise<GithubServer> {
  const description = readDescription("github");
  const git = await startGitServer(folder, token);
  let ids = 100;
  let clock = Date.parse("2026-01-01T00:00:00Z");
  const next = () => {
    ids += 1;
    return ids;
  };
  /** Each thing is a second later than the one before, and none is before the link. */
  const at = () => {
    clock = Math.max(clock + 1_000, Date.now());
    return new Date(clock).toISOString();
  };
  const bare = `${folder}/acme/widgets.git`;
  const inGit = (...args: string[]) => execFileSync("git", ["-C", bare, ...args], { encoding: "utf8" }).trim();
  const forge: GithubServer = {
    host: git.host,
    apiUrl: "",
    cloneUrl: `http://${git.host}/acme/widgets.git`,
    git,
    bare,
    token,
    login: "banyan-bot",
    issues: [],
    accounts: accounts.map((one) => ({ ...one })),
    comments: [],
    checks: new Map(),
    requests: [],
    complaints: [],
    before: null,
    after: null,
    openIssue({ title, body = "", by, labels = [] }) {
      const number = forge.issues.length + 1;
      // A template puts its labels on, in the name of who opens the issue.
      const events = labels.map((label) => ({ event: "labeled", by, label }));
      forge.issues.push({ number, title, body, by, open: true, labels: [...labels], events });
      return number;
    },
    label(number, label, by) {
      const issue = issueOf(number);
      issue.labels.push(label);
      issue.events.push({ event: "labeled", by, label });
    },
    comment(number, by, body) {
      forge.comments.push({ id: next(), number, by, body, at: at() });
    },
    review(number, by, state, body, line) {
      const of = reference(issueOf(number).pull?.branch ?? "") ?? "";
      forge.comments.push({ id: next(), number, by, body, at: at(), review: state ?? "COMMENTED", of });
      if (line) forge.comments.push({ id: next(), number, by, body, at: at(), line });
    },
    merge(number) {
      const issue = issueOf(number);
      const { pull } = issue;
      if (!pull) throw new Error("It is no pull request.");
      const tree = inGit("merge-tree", "--write-tree", pull.base, pull.branch);
      const commit = inGit(
        "-c",
        "user.name=m",
        "-c",
        "user.email=m@x",
        "commit-tree",
        tree,
        "-p",
        pull.base,
        "-p",
        pull.branch,
        "-m",
        "Merge",
      );
      inGit("update-ref", `refs/heads/${pull.base}`, commit);
      pull.merged = true;
      issue.open = false;
      for (const [, closed] of issue.body.matchAll(/Closes #(\d+)/g)) issueOf(Number(closed)).open = false;
    },
    commit(branch, files) {
      const index = { ...process.env, GIT_INDEX_FILE: `${bare}/index-of-somebody` };
      const indexed = (args: string[], input?: string) =>
        execFileSync("git", ["-C", bare, ...args], {
          encoding: "utf8",
          env: index,
          ...(input !== undefined && { input }),
        }).trim();
      indexed(["read-tree", branch]);
      for (const [path, text] of Object.entries(files)) {
        const blob = indexed(["hash-object", "-w", "--stdin"], text);
        indexed(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`]);
      }
      const tree = indexed(["write-tree"]);
      const made = inGit(
        "-c",
        "user.name=s",
        "-c",
        "user.email=s@x",
        "commit-tree",
        tree,
        "-p",
        branch,
        "-m",
        "Somebody's",
      );
      inGit("update-ref", `refs/heads/${branch}`, made);
    },
    async close() {
      await git.close();
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    },
  };

  function issueOf(number: number): Issue {
    const found = forge.issues.find((issue) => issue.number === number);
    if (!found) throw new Error(`There is no issue ${number}.`);
    return found;
  }

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://localhost");
    const { method = "" } = request;
    const path = url.pathname.replace("/api/v3", "");
    forge.requests.push(`${method} ${path}`);
    const send = ({ status, data, headers = {} }: Answered) =>
      response
        .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
        .end(status === 304 ? undefined : JSON.stringify(data));
    const found = description.find(method, path);
    if (!found) {
      forge.complaints.push(`There is no ${method} ${path}.`);
      return send({ status: 404, data: { message: "Not Found" } });
    }
    const body: unknown = text === "" ? null : JSON.parse(text);
    forge.complaints.push(...description.faultsOfRequest(found, url.searchParams, body));
    if (!request.headers["user-agent"]) forge.complaints.push("no user agent");
    if (request.headers.authorization !== `Bearer ${token}`)
      return send({ status: 401, data: { message: "Bad credentials" } });
    const instead = forge.before?.(found.route);
    if (instead) return send(instead);
    try {
      const answered = handle(found.route, found.parameters, url.searchParams, (body ?? {}) as Record<string, string>);
      const isFine = answered.status < 300;
      const data = isFine ? description.answer(found, answered.status, answered.data) : answered.data;
      const lost = forge.after?.(found.route);
      if (lost) return send(lost);
      const etag = `"${Buffer.from(JSON.stringify(data)).toString("base64url").slice(-40)}-${JSON.stringify(data).length}"`;
      if (isFine && request.headers["if-none-match"] === etag) return send({ status: 304, data: null });
      send({ ...answered, data, headers: { etag, ...answered.headers } });
    } catch (error) {
      forge.complaints.push(String(error));
      send({ status: 500, data: { message: String(error) } });
    }
  });

  const account = (login: string) => ({ login, id: 1, type: "User" });
  const reference = (ref: string) => {
    try {
      return inGit("rev-parse", "--verify", "--quiet", `refs/heads/${ref}`);
    } catch {
      return null;
    }
  };
  const shownIssue = ({ number, title, body, by, open, labels, pull }: Issue) => ({
    number,
    title,
    body,
    user: account(by),
    state: open ? "open" : "closed",
    labels: labels.map((name) => ({ name })),
    html_url: `http://${forge.host}/acme/widgets/issues/${number}`,
    ...(pull && {
      pull_request: {
        url: "https://forge.test/",
        html_url: "https://forge.test/",
        diff_url: "https://forge.test/",
        patch_url: "https://forge.test/",
      },
    }),
  });
  const shownComment = ({ id, number, by, body, at: created }: Comment) => ({
    id,
    body,
    user: account(by),
    created_at: created,
    updated_at: created,
    issue_url: `${forge.apiUrl}/repos/acme/widgets/issues/${number}`,
    html_url: `http://${forge.host}/acme/widgets/issues/${number}#issuecomment-${id}`,
  });
  const shownPull = (issue: Issue) => {
    const { pull = { branch: "", base: "main", merged: false, reviewers: [] } } = issue;
    const head = reference(pull.branch) ?? "0".repeat(40);
    return {
      number: issue.number,
      title: issue.title,
      body: issue.body,
      state: issue.open ? "open" : "closed",
      html_url: `http://${forge.host}/acme/widgets/pull/${issue.number}`,
      merged: pull.merged,
      merged_at: pull.merged ? "2026-01-01T00:00:00Z" : null,
      mergeable: mergeable(pull.base, pull.branch),
      user: account(issue.by),
      head: { ref: pull.branch, sha: head, label: `acme:${pull.branch}` },
      base: { ref: pull.base, sha: reference(pull.base) ?? "", label: `acme:${pull.base}` },
    };
  };

  function mergeable(base: string, branch: string): boolean {
    try {
      inGit("merge-tree", "--write-tree", base, branch);
      return true;
    } catch {
      return false;
    }
  }

  function handle(
    route: string,
    parameters: Record<string, string>,
    query: URLSearchParams,
    body: Record<string, string>,
  ): Answered {
    const fine = (data: unknown, status = 200) => ({ status, data });
    const missing = { status: 404, data: { message: "Not Found" } };
    if (route === "GET /user") return fine(account(forge.login));
    if (`${parameters.owner}/${parameters.repo}` !== "acme/widgets") return missing;
    const issue = forge.issues.find(
      ({ number }) => number === Number(parameters.issue_number ?? parameters.pull_number),
    );
    const isOfIssue = parameters.issue_number !== undefined || parameters.pull_number !== undefined;
    if (isOfIssue && !issue) return missing;
    const onIssue = forge.comments.filter(({ number }) => number === issue?.number);
    const isPlain = ({ line, review }: Comment) => !line && !review;
    switch (route) {
      case "GET /repos/{owner}/{repo}":
        return fine({
          name: "widgets",
          full_name: "acme/widgets",
          default_branch: "main",
          permissions: {
            admin: false,
            push: forge.accounts.some(({ login, permission }) => login === forge.login && permission === "write"),
            pull: true,
          },
        });
      case "GET /repos/{owner}/{repo}/issues": {
        const label = query.get("labels");
        const assignee = query.get("assignee");
        return fine(
          forge.issues
            .filter(({ open }) => open)
            .filter(({ labels }) => label === null || labels.includes(label))
            .filter(({ events }) => assignee === null || events.some((event) => event.assignee === assignee))
            .map(shownIssue),
        );
      }
      case "GET /repos/{owner}/{repo}/issues/{issue_number}":
        return fine(shownIssue(issue as Issue));
      case "GET /repos/{owner}/{repo}/issues/{issue_number}/events":
        return fine(
          (issue as Issue).events.map(({ event, by, label, assignee }) => ({
            id: next(),
            event,
            actor: account(by),
            ...(label !== undefined && { label: { name: label, color: "000000" } }),
            ...(assignee !== undefined && { assignee: account(assignee), assigner: account(by) }),
          })),
        );
      case "GET /repos/{owner}/{repo}/collaborators/{username}/permission": {
        const found = forge.accounts.find(({ login }) => login === parameters.username);
        if (!found || found.permission === "none") return missing;
        return fine({ permission: found.permission, role_name: found.permission, user: { ...account(found.login) } });
      }
      case "GET /repos/{owner}/{repo}/issues/comments":
        return fine(
          forge.comments.filter((one) => isPlain(one) && one.at >= (query.get("since") ?? "")).map(shownComment),
        );
      case "GET /repos/{owner}/{repo}/issues/{issue_number}/comments":
        return fine(onIssue.filter(isPlain).map(shownComment));
      case "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": {
        const made = { id: next(), number: (issue as Issue).number, by: forge.login, body: body.body ?? "", at: at() };
        forge.comments.push(made);
        return fine(shownComment(made), 201);
      }
      case "GET /repos/{owner}/{repo}/pulls": {
        const branch = (query.get("head") ?? "").replace("acme:", "");
        const pulls = forge.issues.filter(({ pull }) => pull?.branch === branch).reverse();
        return fine(pulls.map(shownPull));
      }
      case "POST /repos/{owner}/{repo}/pulls": {
        const { title = "", head = "", base = "" } = body;
        if (forge.issues.some(({ open, pull }) => open && pull?.branch === head))
          return {
            status: 422,
            data: {
              message: "Validation Failed",
              errors: [{ message: `A pull request already exists for acme:${head}.` }],
            },
          };
        if (reference(head) === null || reference(base) === null)
          return {
            status: 422,
            data: { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "head" }] },
          };
        const number = forge.issues.length + 1;
        const made = {
          number,
          title,
          body: body.body ?? "",
          by: forge.login,
          open: true,
          labels: [],
          events: [],
          pull: { branch: head, base, merged: false, reviewers: [] },
        };
        forge.issues.push(made);
        return fine(shownPull(made), 201);
      }
      case "GET /repos/{owner}/{repo}/pulls/{pull_number}":
        return fine(shownPull(issue as Issue));
      case "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews":
        return fine(
          onIssue
            .filter(({ review }) => review)
            .map(({ id, by, body: said, at: submitted, review, of }) => ({
              id,
              body: said,
              user: account(by),
              state: review,
              submitted_at: submitted,
              commit_id: of,
            })),
        );
      case "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments":
        return fine(onIssue.filter(({ line }) => line).map((one) => ({ ...shownComment(one), ...one.line })));
      case "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": {
        const runs = (forge.checks.get(parameters.ref ?? "") ?? []).map(({ name, conclusion, summary }) => ({
          name,
          status: "completed",
          conclusion,
          output: { title: name, summary, text: null, annotations_count: 0, annotations_url: "https://forge.test/" },
        }));
        return fine({ total_count: runs.length, check_runs: runs });
      }
      case "GET /repos/{owner}/{repo}/commits/{ref}/status":
        return fine({ state: "pending", statuses: [], sha: parameters.ref, total_count: 0 });
      default:
        return changePull(route, issue as Issue, body as unknown as Record<string, unknown>);
    }
  }

  function changePull(route: string, issue: Issue, body: Record<string, unknown>): Answered {
    const { pull } = issue;
    switch (route) {
      case "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge": {
        if (pull === undefined || pull.merged || !mergeable(pull.base, pull.branch))
          return { status: 405, data: { message: "Pull Request is not mergeable" } };
        if (body.sha !== reference(pull.branch))
          return { status: 409, data: { message: "Head branch was modified. Review and try the merge again." } };
        forge.merge(issue.number);
        return { status: 200, data: { sha: reference(pull.base), merged: true, message: "Merged" } };
      }
      case "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": {
        const asked = body.reviewers as string[];
        if (asked.some((login) => !forge.accounts.some((one) => one.login === login)))
          return { status: 422, data: { message: "Reviews may only be requested from collaborators." } };
        pull?.reviewers.push(...asked.filter((login) => !pull.reviewers.includes(login)));
        return { status: 201, data: shownPull(issue) };
      }
      case "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": {
        const added = body.labels as string[];
        issue.labels.push(...added.filter((name) => !issue.labels.includes(name)));
        return { status: 200, data: issue.labels.map((name) => ({ name })) };
      }
      default:
        return { status: 404, data: { message: "Not Found" } };
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  forge.apiUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/api/v3`;
  return forge;
}
