import { z } from "zod";
import { type CallEffect, kind } from "@/agents/tools/contract/tool";
import type { Forge } from "@/lib/git/forge";

export const DEFAULT_COMMITS = 20;

const OPERATIONS = [
  ...(["status", "diff", "log", "show", "branch", "switch", "add", "commit"] as const),
  ...(["merge", "clone", "fetch", "push", "pull_request"] as const),
] as const;
type GitOperation = (typeof OPERATIONS)[number];

const revision = z.string().min(1).max(500);
/** One plain object for all operations, because some providers do not accept a union of objects. */
export const gitInput = z
  .strictObject({
    operation: z
      .enum(OPERATIONS)
      .describe(
        "status; diff (from, to, staged, files); log (revision, files, limit); show (revision, files); branch (list, or with branch: create it at revision); switch (branch, create, revision); add (files); commit (message, all); merge (revision, on_conflict); clone (url, path); fetch (url); push (url, branch, commit); pull_request (url, branch, title, body, base, draft).",
      ),
    path: z
      .string()
      .optional()
      .describe("The repository's folder. Default: the workspace folder; for clone a new folder."),
    files: z.array(z.string().min(1).max(4096)).max(1000).optional().describe("Paths relative to the repository."),
    from: revision
      .optional()
      .describe("diff: the older commit, branch or tag. Default: the staged files, or HEAD with `staged`."),
    to: revision.optional().describe("diff: the newer commit, branch or tag. Default: the files on disk."),
    staged: z.boolean().optional().describe("diff: show staged instead of unstaged changes. Default false."),
    revision: revision.optional().describe("A commit, branch or tag. Default: HEAD. For merge: the one to merge."),
    branch: z.string().min(1).max(200).optional().describe("The branch's name, such as banyan/fix-login."),
    create: z.boolean().optional().describe("switch: create the branch at `revision`. Default false."),
    message: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .describe("commit: a subject line, an empty line, what changed and why."),
    all: z.boolean().optional().describe("commit: stage every change first. Default false."),
    on_conflict: z
      .enum(["abort", "leave"])
      .optional()
      .describe(
        "merge: on conflicts, abort, or leave them in the files for you to resolve, add and commit. Default abort.",
      ),
    limit: z.int().min(1).max(200).optional().describe(`log: commits to return. Default ${DEFAULT_COMMITS}.`),
    url: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe("The remote repository's https URL. Always give it: the repository's own settings are not used."),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/, "give the full commit id, as commit returns it")
      .optional()
      .describe("push: the full id of the commit to push. Only this commit and its history are pushed."),
    title: z.string().min(1).max(256).optional().describe("pull_request: its title."),
    body: z.string().max(60_000).optional().describe("pull_request: what changed and why, in Markdown."),
    base: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("pull_request: the branch to merge into. Default: the default branch."),
    draft: z.boolean().optional().describe("pull_request: open it as a draft. Default false."),
  })
  .superRefine((given, issues) => {
    for (const name of REQUIRED[given.operation] ?? []) {
      if (given[name] === undefined) {
        issues.addIssue({ code: "custom", path: [name], message: `${given.operation} needs ${name}` });
      }
    }
  });
export type GitInput = z.output<typeof gitInput>;

const REQUIRED: Partial<Record<GitOperation, readonly (keyof z.input<typeof gitInput>)[]>> = {
  switch: ["branch"],
  add: ["files"],
  commit: ["message"],
  merge: ["revision"],
  clone: ["url"],
  fetch: ["url"],
  push: ["url", "branch", "commit"],
  pull_request: ["url", "branch", "title"],
};

/** The kinds of calls that `gitEffectOf` tells apart. */
export const GIT_KINDS = [
  kind("status, diff, log, show and lists of branches", { level: "read" }),
  kind("new branches, switch, add, commit and merge", { level: "write" }),
  kind("clone and fetch", { level: "network", alsoNeeds: "write", hosts: true }),
  kind("push and pull requests", { level: "network", hosts: true, sends: true }),
];

/** Returns what one operation would touch. */
export function gitEffectOf(given: GitInput, forges: readonly Forge[]): CallEffect {
  switch (given.operation) {
    case "status":
    case "diff":
    case "log":
    case "show":
      return { level: "read" };
    case "branch":
      return { level: given.branch === undefined ? "read" : "write" };
    case "switch":
    case "add":
    case "commit":
    case "merge":
      return { level: "write" };
    case "clone":
    case "fetch":
      return { level: "network", alsoNeeds: "write", hosts: [hostOf(given.url)], sends: false };
    case "push":
      return { level: "network", hosts: [hostOf(given.url)], sends: true };
    case "pull_request":
      return { level: "network", hosts: [hostOf(given.url), ...apiHosts(hostOf(given.url), forges)], sends: true };
  }
}

/** Returns the URL's host, or for an invalid URL a text that no allow-list can contain. */
export function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : "(no host)";
}

function apiHosts(host: string, forges: readonly Forge[]): string[] {
  return forges.filter((forge) => forge.host === host).map(({ apiUrl }) => new URL(apiUrl).host);
}
