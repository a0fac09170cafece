/** A stand-in for Jira Cloud: issues, comments, labels and who changed them in one project, ACME. */
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

const KEY = "ACME";
/** Jira gives at most so many, whatever it is asked for. */
const MOST_ENTRIES = 2;

/** What only Jira has. */
interface Extra {
  /** The address of its project. */
  address: string;
  /** How many labels an issue had when it was made: its history says nothing of them. */
  initial: Map<number, number>;
  /** Numbers of issues that not everybody sees. */
  secured: Set<number>;
}

export type JiraServer = ForgeServer & { jira: Extra };

/** `folder`: any. `token`: as Banyan has it, the account's address and its token. */
export async function startJira(folder: string, options: Omit<ForgeOptions, "token">): Promise<JiraServer> {
  const given = { ...options, token: "bot@acme.test:jira-token" };
  const state = await createForgeState(folder, given, { countsTogether: false, path: KEY });
  const jira: Extra = { address: "", initial: new Map(), secured: new Set() };
  const { openIssue } = state;
  state.openIssue = (issue) => {
    const number = openIssue(issue);
    jira.initial.set(number, issue.labels?.length ?? 0);
    return number;
  };
  const server = await serveForge(state, {
    description: readDescription("jira"),
    apiPath: "",
    isAuthorized: ({ authorization }) => authorization === `Basic ${Buffer.from(given.token).toString("base64")}`,
    unauthorized: refused(401, "Client must be authenticated to access this resource."),
    missing: missing(),
    openPullRoute: "",
    limitedUntil: (second) => ({
      ...refused(429, "Rate limit exceeded."),
      headers: { "retry-after": String(Math.max(1, second - Math.floor(Date.now() / 1_000))) },
    }),
    tooFewRights: refused(403, "You do not have permission."),
    signed: (body, secret) => ({
      "x-hub-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    }),
    answer: (asked) => answer({ ...state, jira }, asked),
  });
  jira.address = `${server.apiUrl}/browse/${KEY}`;
  return Object.assign(server, { jira });
}

type State = ForgeState & { jira: Extra };

const fine = (data: unknown, status = 200): Answered => ({ status, data });
const refused = (status: number, message: string): Answered => ({
  status,
  data: { errorMessages: [message], errors: {} },
});
const missing = (): Answered => refused(404, "Issue does not exist or you do not have permission to see it.");
const account = (login: string) => ({ accountId: `id-${login}`, displayName: login });

function answer(state: State, asked: Asked): Answered {
  const { route, parameters, query, body } = asked;
  if (route === "GET /rest/api/3/myself") return fine(account(state.login));
  if (route === "GET /rest/api/3/search/jql") return found(state, query);
  if (route === "GET /rest/api/3/user/permission/search") return permitted(state, query);
  const [key, number] = (parameters.issueIdOrKey ?? "").split("-");
  const issue = key === KEY ? state.issueOf(Number(number)) : undefined;
  if (issue === undefined) return missing();
  const begin = Number(query.get("startAt") ?? 0);
  const size = Math.min(Number(query.get("maxResults") ?? MOST_ENTRIES), MOST_ENTRIES);
  const said = state.comments.filter(({ on }) => on === issue);
  switch (route) {
    case "GET /rest/api/3/issue/{issueIdOrKey}":
      return fine(shown(state, issue));
    case "GET /rest/api/3/issue/{issueIdOrKey}/changelog": {
      const changes = changesOf(state, issue);
      const values = changes.slice(begin, begin + size);
      return fine({
        startAt: begin,
        maxResults: size,
        total: changes.length,
        isLast: begin + size >= changes.length,
        values,
      });
    }
    case "GET /rest/api/3/issue/{issueIdOrKey}/comment": {
      const comments = said.slice(begin, begin + size).map(shownComment);
      return fine({ startAt: begin, maxResults: size, total: said.length, comments });
    }
    default: {
      const written = body.body as { type?: string };
      if (written?.type !== "doc") return refused(400, "Operation value must be an Atlassian Document.");
      return fine(shownComment(state.comment(issue.number, state.login, plain(written).trim())), 201);
    }
  }
}

/** Finds issues with the few clauses of JQL that Banyan uses; any other one is refused. */
function found(state: State, query: URLSearchParams): Answered {
  const [clauses = ""] = (query.get("jql") ?? "").split(" ORDER BY ");
  let issues = [...state.issues];
  for (const clause of clauses.split(" AND ")) {
    const [, name = "", value = ""] = /^(project|labels|assignee) = "(.+)"$/.exec(clause) ?? [];
    const minutes = /^updated >= -(\d+)m$/.exec(clause)?.[1];
    if (name === "project" && value !== KEY)
      return refused(400, `The value '${value}' does not exist for the field 'project'.`);
    if (name === "labels") issues = issues.filter(({ labels }) => labels.includes(value));
    else if (name === "assignee")
      issues = issues.filter(({ events }) => events.some(({ assignee }) => `id-${assignee}` === value));
    else if (clause === "statusCategory != Done") issues = issues.filter(({ open }) => open);
    else if (minutes !== undefined)
      issues = issues.filter((issue) => changedMs(state, issue) >= Date.now() - Number(minutes) * 60_000);
    else if (name !== "project") return refused(400, `Error in the JQL Query: ${clause}`);
  }
  const begin = Number(query.get("nextPageToken") ?? 0);
  const end = begin + Math.min(Number(query.get("maxResults")), MOST_ENTRIES);
  const isLast = end >= issues.length;
  const page = issues.slice(begin, end).map((issue) => shown(state, issue));
  return fine({ issues: page, isLast, ...(!isLast && { nextPageToken: String(end) }) });
}

function changedMs({ comments }: State, issue: Issue): number {
  return Math.max(...comments.filter(({ on }) => on === issue).map(({ at }) => Date.parse(at)), Date.now() - 3_600_000);
}

/** Jira tells it those who administer the project. */
function permitted(state: State, query: URLSearchParams): Answered {
  const permissionOf = (login: string) => state.accounts.find((one) => one.login === login)?.permission ?? "none";
  if (permissionOf(state.login) !== "admin" || query.get("projectKey") !== KEY)
    return refused(403, "You do not have permission to search for users in this project.");
  const login = (query.get("accountId") ?? "").replace("id-", "");
  const may = query.get("permissions") === "EDIT_ISSUES" && ["admin", "write"].includes(permissionOf(login));
  return fine(may ? [account(login)] : []);
}

function changesOf({ jira }: State, { number, events }: Issue) {
  const initial = jira.initial.get(number) ?? 0;
  return events.slice(initial).map(({ by, label, assignee }, at) => {
    const before = events.slice(0, initial + at).flatMap((event) => event.label ?? []);
    const item =
      label === undefined
        ? { field: "assignee", from: null, to: `id-${assignee}`, fromString: null, toString: assignee }
        : { field: "labels", from: "", to: "", fromString: before.join(" "), toString: [...before, label].join(" ") };
    return { id: String(at), author: account(by), items: [item] };
  });
}

function shown(state: State, issue: Issue) {
  const { number, title, body, by, open, labels } = issue;
  const said = state.comments.filter(({ on }) => on === issue);
  return {
    id: String(10_000 + number),
    key: `${KEY}-${number}`,
    fields: {
      summary: title,
      description: body === "" ? null : document(body),
      creator: account(by),
      labels,
      status: { name: open ? "To Do" : "Done", statusCategory: { key: open ? "new" : "done" } },
      security: state.jira.secured.has(number) ? { id: "1", name: "Secret" } : null,
      comment: { comments: said.slice(-MOST_ENTRIES).map(shownComment), total: said.length },
    },
  };
}

function shownComment({ id, by, body, at }: Comment) {
  return { id: String(id), author: account(by), body: document(body), created: at.replace("Z", "+0000") };
}

function document(text: string) {
  const content = text.split("\n\n").map((part) => ({ type: "paragraph", content: [{ type: "text", text: part }] }));
  return { type: "doc", version: 1, content };
}

/** The letters of a document. */
function plain({ type, text, content }: { type?: string; text?: string; content?: object[] }): string {
  const inner = (content ?? []).map(plain).join("");
  if (type === "hardBreak") return "\n";
  return type === "paragraph" ? `${inner}\n\n` : `${text ?? ""}${inner}`;
}
