/** Issues of Jira Cloud, for projects whose code is at a forge. */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { JiraProject } from "@/core/shapes/forges";
import { documentOf, textOf } from "./jira-text";
import { type ForgeComment, ForgeError, type ForgeIssue, type IssuePort } from "./port";
import { createRest, type Pages, TooLarge } from "./rest";
import { hmacOf, isSame } from "./signature";

const user = z.object({ accountId: z.string(), displayName: z.string().nullish() });
const time = z.string().transform((text) => Date.parse(text));

const commentShape = z.object({ id: z.string(), author: user.nullish(), body: z.unknown(), created: time });

const commentsShape = z.object({ comments: commentShape.array(), total: z.number().int() });

const issueShape = z.object({
  key: z.string(),
  fields: z.object({
    summary: z.string().nullish(),
    description: z.unknown(),
    creator: user.nullish(),
    status: z.object({ statusCategory: z.object({ key: z.string() }) }).nullish(),
    /** Set where not everybody who sees the project sees the issue. */
    security: z.unknown(),
  }),
});

const withCommentsShape = z.object({ key: z.string(), fields: z.object({ comment: commentsShape.nullish() }) });

const changesShape = z.object({
  values: z.array(
    z.object({
      author: user.nullish(),
      items: z.array(
        // `toString` is also a method of every object, so it is not always a text.
        z.object({ field: z.string(), to: z.unknown(), fromString: z.unknown(), toString: z.unknown() }),
      ),
    }),
  ),
  isLast: z.boolean().nullish(),
});

const FIELDS = "summary,description,creator,status,security";
const DONE = "done";
const PER_PAGE = 50;
/** Each issue comes with its newest comments. */
const PER_PAGE_WITH_COMMENTS = 20;
const MOST_PAGES = 20;
const MOST_REQUESTS = 100;
/** Its lists are read here: each is inside an object, and goes on in a way of its own. */
const PAGES: Pages = { parameter: "maxResults", size: PER_PAGE, isLast: () => true };

export interface JiraOptions {
  project: JiraProject;
  /** `EMAIL:TOKEN`. */
  secret: string;
  signal: AbortSignal;
  now(): number;
}

/** Whether a delivery of Jira's webhook is signed with this secret. */
export function isSignedByJira(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  return isSame(headers["x-hub-signature"], `sha256=${hmacOf(body, secret)}`);
}

/** The login of an account is its name with its id: people know the name, and Jira the id. */
export function createJira({ project, secret, signal, now }: JiraOptions): IssuePort {
  const { host, url, key } = project;
  const headers = {
    accept: "application/json",
    authorization: `Basic ${Buffer.from(secret).toString("base64")}`,
  };
  const rest = createRest({ access: { kind: "jira", host, apiUrl: url }, headers, pages: PAGES, signal, now });
  const nameOf = (number: number) => `${key}-${number}`;

  async function search<Shape>(jql: string, fields: string, size: number, shape: z.ZodType<Shape>): Promise<Shape[]> {
    const page = z.object({ issues: shape.array(), nextPageToken: z.string().nullish() });
    const all: Shape[] = [];
    let token: string | null | undefined;
    let maxResults = size;
    for (let n = 0; n < MOST_REQUESTS && all.length < MOST_PAGES * size; n += 1) {
      const given = { jql, fields, maxResults, ...(token && { nextPageToken: token }) };
      const read = await rest.get("GET /rest/api/3/search/jql", given, page).catch((error: unknown) => {
        if (error instanceof TooLarge && maxResults > 1) return null;
        throw error;
      });
      // Issues may be long: fewer of them are read at once then.
      if (read === null) maxResults = Math.ceil(maxResults / 10);
      else {
        all.push(...read.issues);
        token = read.nextPageToken;
        if (!token) break;
      }
    }
    return all;
  }

  async function readIssue(number: number): Promise<z.output<typeof issueShape>> {
    const given = { issueIdOrKey: nameOf(number), fields: FIELDS };
    return rest.get("GET /rest/api/3/issue/{issueIdOrKey}", given, issueShape);
  }

  async function commentsOn(number: number): Promise<ForgeComment[]> {
    const all: ForgeComment[] = [];
    for (let n = 0; n < MOST_PAGES; n += 1) {
      const given = { issueIdOrKey: nameOf(number), startAt: all.length, maxResults: PER_PAGE, orderBy: "created" };
      const { comments, total } = await rest.get("GET /rest/api/3/issue/{issueIdOrKey}/comment", given, commentsShape);
      all.push(...comments.map((comment) => commentOf(comment, number)));
      if (comments.length === 0 || all.length >= total) break;
    }
    return all;
  }

  function issueOf({ key: name, fields }: z.output<typeof issueShape>): ForgeIssue {
    const { summary, description, creator, status, security } = fields;
    return {
      number: numberOf(name),
      title: summary ?? "",
      body: textOf(description),
      url: `${url}/browse/${name}`,
      author: loginOf(creator),
      isOpen: status?.statusCategory.key !== DONE,
      isPull: false,
      isConfidential: Boolean(security),
    };
  }

  return {
    login: async () => loginOf(await rest.get("GET /rest/api/3/myself", {}, user)),
    async mayWrite(login) {
      const accountId = idIn(login);
      const given = { accountId, permissions: "EDIT_ISSUES", projectKey: key };
      const found = await rest.find("GET /rest/api/3/user/permission/search", given, user.array());
      return found?.some((one) => one.accountId === accountId) ?? false;
    },
    async issues(of) {
      const wanted = "label" in of ? `labels = ${quoted(of.label)}` : `assignee = ${quoted(idIn(of.assignee))}`;
      const jql = `project = ${quoted(key)} AND statusCategory != Done AND ${wanted} ORDER BY created ASC`;
      const issues = (await search(jql, FIELDS, PER_PAGE, issueShape)).map(issueOf);
      // What comes of an issue is seen by everybody who sees the repository.
      return { issues: issues.filter(({ isConfidential }) => !isConfidential), etag: null };
    },
    issue: async (number) => issueOf(await readIssue(number)),
    async askedBy(number, of) {
      const isAsk = ({ field, to, fromString, toString: after }: Change) =>
        "label" in of
          ? field === "labels" && hasWord(after, of.label) && !hasWord(fromString, of.label)
          : field === "assignee" && to === idIn(of.assignee);
      let by: string | null = null;
      let isLast = false;
      for (let startAt = 0; !isLast && startAt < MOST_PAGES * PER_PAGE; startAt += PER_PAGE) {
        const given = { issueIdOrKey: nameOf(number), startAt, maxResults: PER_PAGE };
        const read = await rest.get("GET /rest/api/3/issue/{issueIdOrKey}/changelog", given, changesShape);
        const change = read.values.findLast(({ items }) => items.some(isAsk));
        if (change) by = loginOf(change.author);
        isLast = read.isLast ?? read.values.length < PER_PAGE;
      }
      // It was so from the beginning.
      return by ?? (loginOf((await readIssue(number)).fields.creator) || null);
    },
    async commentsSince(ms) {
      // A moment in a search is one in the time zone of the account; a duration is the same everywhere.
      const minutes = Math.max(1, Math.ceil((now() - ms) / 60_000) + 1);
      const jql = `project = ${quoted(key)} AND updated >= -${minutes}m ORDER BY updated DESC`;
      const comments: ForgeComment[] = [];
      for (const { key: name, fields } of await search(jql, "comment", PER_PAGE_WITH_COMMENTS, withCommentsShape)) {
        const number = numberOf(name);
        const { comments: newest = [], total = 0 } = fields.comment ?? {};
        const all = total > newest.length ? await commentsOn(number) : newest.map((one) => commentOf(one, number));
        comments.push(...all.filter(({ atMs }) => atMs >= ms));
      }
      return comments.sort((a, b) => a.atMs - b.atMs);
    },
    issueComments: commentsOn,
    async commentOnIssue(number, body) {
      const given = { issueIdOrKey: nameOf(number), body: documentOf(body) };
      await rest.send("POST /rest/api/3/issue/{issueIdOrKey}/comment", given, z.object({ id: z.string() }));
    },
  };
}

type Change = z.output<typeof changesShape>["values"][number]["items"][number];

function loginOf(account: z.output<typeof user> | null | undefined): string {
  if (!account) return "";
  const name = (account.displayName ?? "")
    .replace(/[^\p{L}\p{N} .'-]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `${name.slice(0, 60)} (${account.accountId})`.trim();
}

/** Returns the account's id in a login. */
function idIn(login: string): string {
  return /\(([^()]*)\)$/.exec(login)?.[1] ?? login;
}

function numberOf(name: string): number {
  const number = Number(name.slice(name.lastIndexOf("-") + 1));
  if (Number.isInteger(number)) return number;
  throw new ForgeError(`Jira names an issue ${JSON.stringify(name.slice(0, 50))}, which has no number.`, "away");
}

function commentOf({ id, author, body, created }: z.output<typeof commentShape>, number: number): ForgeComment {
  return {
    id: `jira-${id}`,
    number,
    on: "issue",
    author: loginOf(author),
    body: textOf(body),
    atMs: created,
    place: null,
    verdict: null,
    reviewed: null,
  };
}

/** Returns a text as JQL quotes it. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** Labels are words in one text. */
function hasWord(text: unknown, word: string): boolean {
  return typeof text === "string" && text.toLowerCase().split(" ").includes(word.toLowerCase());
}
