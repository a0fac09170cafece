import { githubHeaders } from "../forges/github";
import { type Answer, ask, detailsOf, field, limitedUntil } from "../forges/request";
import { WorkspaceError } from "../workspace/path";

/** A repository host with GitHub's API. */
export interface Forge {
  /** As in the repositories' addresses, with the port unless it is the default. */
  host: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise. */
  apiUrl: string;
}

export const GITHUB: Forge = { host: "github.com", apiUrl: "https://api.github.com" };

export interface PullRequest {
  owner: string;
  repository: string;
  title: string;
  body: string;
  head: string;
  /** Absent: the repository's default branch. */
  base?: string;
  draft: boolean;
}

export interface PullRequestAnswer {
  number: number;
  url: string;
  base: string;
  /** Whether it was open already, so that nothing was changed. */
  existing: boolean;
}

export interface ForgeOptions {
  forge: Forge;
  token: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Returns owner and name from a repository's address. Throws a `WorkspaceError` when the address has none. */
export function repositoryOf(url: URL): { owner: string; repository: string } {
  const match = url.pathname.match(/^\/([A-Za-z0-9][A-Za-z0-9-]*)\/([A-Za-z0-9._-]+?)(?:\.git)?\/?$/);
  if (!match?.[1] || !match[2] || /^\.+$/.test(match[2])) {
    throw new WorkspaceError(
      `The URL ${JSON.stringify(url.href)} does not name a repository as https://HOST/OWNER/NAME.`,
    );
  }
  return { owner: match[1], repository: match[2] };
}

/**
 * Opens a pull request, or returns the open one for the same branches. Throws a `WorkspaceError` with one sentence, or
 * the signal's reason.
 */
export async function openPullRequest(wanted: PullRequest, options: ForgeOptions): Promise<PullRequestAnswer> {
  const { owner, repository: repo, head } = wanted;
  const path = { owner, repo };
  const base = wanted.base ?? (await defaultBranch(path, options));
  const find = () => findOpen(path, head, base, options);
  const existing = await find();
  if (existing) return existing;
  const { title, body, draft } = wanted;
  const answer = await call("POST /repos/{owner}/{repo}/pulls", { ...path, title, body, draft, head, base }, options);
  if (answer.status === 201) return { ...readPull(answer.data, options), base, existing: false };
  // Another client may have opened it meanwhile.
  const raced = answer.status === 422 ? await find() : null;
  if (raced) return raced;
  throw refusal(answer, options);
}

async function defaultBranch(path: { owner: string; repo: string }, options: ForgeOptions): Promise<string> {
  const answer = await call("GET /repos/{owner}/{repo}", path, options);
  if (answer.status !== 200) throw refusal(answer, options);
  const name = field(answer.data, "default_branch");
  if (typeof name === "string") return name;
  throw nonsense(options);
}

async function findOpen(
  path: { owner: string; repo: string },
  head: string,
  base: string,
  options: ForgeOptions,
): Promise<PullRequestAnswer | null> {
  const query = { ...path, head: `${path.owner}:${head}`, base, state: "open", per_page: 1 };
  const answer = await call("GET /repos/{owner}/{repo}/pulls", query, options);
  if (answer.status !== 200) throw refusal(answer, options);
  if (!Array.isArray(answer.data)) throw nonsense(options);
  return answer.data.length === 0 ? null : { ...readPull(answer.data[0], options), base, existing: true };
}

function readPull(data: unknown, options: ForgeOptions): { number: number; url: string } {
  const number = field(data, "number");
  const url = field(data, "html_url");
  if (!Number.isInteger(number) || typeof url !== "string" || url.length > 2000) throw nonsense(options);
  return { number: Number(number), url };
}

async function call(route: string, parameters: Record<string, unknown>, options: ForgeOptions): Promise<Answer> {
  const { forge, token, timeoutMs, signal } = options;
  const headers = githubHeaders(token);
  const answer = await ask(route, parameters, { apiUrl: forge.apiUrl, headers, timeoutMs, signal });
  if (answer) return answer;
  throw new WorkspaceError(`${forge.host} does not answer at ${forge.apiUrl}; continue without it or try again later.`);
}

function refusal(answer: Answer, { forge }: ForgeOptions): WorkspaceError {
  const { status, headers, data } = answer;
  const reason = detailsOf(data);
  const { host } = forge;
  if (limitedUntil(answer, Date.now()) !== null)
    return new WorkspaceError(`${host} accepts no more requests for now${waitOf(headers)}; continue without it.`);
  const sentences: Record<number, string> = {
    401: `${host} does not accept Banyan's token; a person must renew it.`,
    403: `${host} refuses this: the token may not open pull requests there${reason}.`,
    404: `${host} has no such repository, or Banyan's token may not see it.`,
    422: `${host} refuses the pull request${reason}; push the branch first, and check \`base\`.`,
  };
  if (status >= 300 && status < 400) {
    return new WorkspaceError(`The repository has moved on ${host}; give its new address.`);
  }
  return new WorkspaceError(sentences[status] ?? `${host} answered with status ${status}; try again later.`);
}

function waitOf(headers: Record<string, unknown>): string {
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) ? ` (again in ${seconds} s)` : "";
}

function nonsense({ forge }: ForgeOptions): WorkspaceError {
  return new WorkspaceError(`${forge.host} did not answer as GitHub's API does; check the forge's API address.`);
}
