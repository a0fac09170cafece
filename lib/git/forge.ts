import { request as octokit } from "@octokit/request";
import { deadline } from "@/lib/time/deadline";
import { capped } from "../net/capped-body";
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

const ANSWER_MAX_BYTES = 2 * 1024 * 1024;
const API_VERSION = "2022-11-28";

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

function field(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  data: unknown;
}

async function call(route: string, parameters: Record<string, unknown>, options: ForgeOptions): Promise<Answer> {
  options.signal.throwIfAborted();
  const limit = deadline(options.signal, options.timeoutMs);
  try {
    const { status, headers, data } = await octokit(route, {
      ...parameters,
      baseUrl: options.forge.apiUrl.replace(/\/+$/, ""),
      headers: {
        authorization: `Bearer ${options.token}`,
        accept: "application/vnd.github+json",
        "user-agent": "banyan",
        "x-github-api-version": API_VERSION,
      },
      // A redirect could send the token elsewhere.
      request: { signal: limit.signal, redirect: "manual", fetch: cappedFetch, log: SILENT },
    });
    return { status, headers, data };
  } catch (error) {
    options.signal.throwIfAborted();
    const response = error instanceof Error && "response" in error ? (error.response as Answer | undefined) : undefined;
    if (response) return response;
    // The error contains the request with its token, so it is not passed on.
    throw new WorkspaceError(
      `${options.forge.host} does not answer at ${options.forge.apiUrl}; continue without it or try again later.`,
    );
  } finally {
    limit.end();
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Cuts answers above any real size; a cut answer is invalid JSON. */
async function cappedFetch(url: string, init: RequestInit): Promise<Response> {
  return capped(await fetch(url, init), { mostBytes: ANSWER_MAX_BYTES, cuts: true });
}

function refusal({ status, headers, data }: Answer, { forge }: ForgeOptions): WorkspaceError {
  const reason = detailsOf(data);
  const isLimited =
    status === 429 || (status === 403 && (headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers));
  const { host } = forge;
  if (isLimited)
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

const DETAILS_MAX_CHARACTERS = 300;

/** Returns the forge's reason in parentheses, short and on one line because it is text from outside. */
function detailsOf(data: unknown): string {
  const errors = field(data, "errors");
  const details = Array.isArray(errors) ? errors.map((error) => field(error, "message") ?? field(error, "field")) : [];
  const reason = [field(data, "message"), ...details]
    .filter((detail) => typeof detail === "string" && detail !== "")
    .join(": ");
  const line = reason.replaceAll(/\s+/g, " ").slice(0, DETAILS_MAX_CHARACTERS);
  return line && ` (${line})`;
}

function nonsense({ forge }: ForgeOptions): WorkspaceError {
  return new WorkspaceError(`${forge.host} did not answer as GitHub's API does; check the forge's API address.`);
}
