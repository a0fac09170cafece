/** What the APIs of GitHub and Gitea have alike. */
import { z } from "zod";
import { type ForgeAccess, type ForgeChecks, type ForgeComment, ForgeError, type ForgeIssue } from "./port";

export const account = z.object({ login: z.string() }).nullish();
export const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const bodyText = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

export const issueShape = z.object({
  number: z.number().int(),
  title: z.string(),
  body: bodyText,
  html_url: z.string(),
  state: z.string(),
  user: account,
  /** Pull requests are listed as issues. */
  pull_request: z.unknown().optional(),
});

export const remarkShape = z.object({
  id: z.number().int(),
  body: bodyText,
  created_at: time,
  user: account,
});

export const permissionShape = z.object({ permission: z.string() });

/** Permissions that include to push. */
export const WRITERS: ReadonlySet<string> = new Set(["admin", "maintain", "write", "owner"]);

/** A program that ended so says that the commit is not fit, so the tree goes on. */
const FAILED: ReadonlySet<string> = new Set(["failure", "timed_out", "action_required", "startup_failure", "error"]);
/** Programs that had nothing to say. All others, such as `cancelled` and `stale`, did not say what they had to. */
const SPARED: ReadonlySet<string> = new Set(["skipped", "neutral"]);

/** Returns the parts of a repository's path. Throws ForgeError. */
export function addressOf({ path, host }: Pick<ForgeAccess, "path" | "host">): { owner: string; repo: string } {
  const [owner = "", repo = "", ...more] = path.split("/");
  if (owner !== "" && repo !== "" && more.length === 0) return { owner, repo };
  throw new ForgeError(`${host}/${path} does not name a repository as HOST/OWNER/NAME.`, "refused");
}

export function issueOf(issue: z.output<typeof issueShape>): ForgeIssue {
  const { number, title, body, html_url, state, user, pull_request } = issue;
  return {
    number,
    title,
    body,
    url: html_url,
    author: user?.login ?? "",
    isOpen: state === "open",
    isPull: Boolean(pull_request),
  };
}

export function commentOf({ id, body, created_at, user }: z.output<typeof remarkShape>, number: number): ForgeComment {
  const author = user?.login ?? "";
  return { id: String(id), number, author, body, atMs: created_at, place: null, verdict: null, reviewed: null };
}

/** Returns the number at the end of an issue's address; 0 for none. */
export function numberIn(url: string | null | undefined): number {
  return Number(url?.split("/").at(-1)) || 0;
}

export interface OneCheck {
  name: string;
  state: string;
  summary: string;
  url: string;
}

export function checksOf(all: readonly OneCheck[]): ForgeChecks {
  const failed = all.filter(({ state }) => FAILED.has(state)).map(({ name, summary, url }) => ({ name, summary, url }));
  if (all.length === 0) return { state: "none", failed };
  if (failed.length > 0) return { state: "failed", failed };
  if (all.some(({ state }) => state === "pending")) return { state: "running", failed };
  const said = all.filter(({ state }) => !SPARED.has(state));
  return { state: said.length > 0 && said.every(({ state }) => state === "success") ? "passed" : "undecided", failed };
}
