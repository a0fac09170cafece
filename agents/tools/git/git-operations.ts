import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { Committer } from "@/lib/git/change-repository";
import { type Forge, GITHUB, openPullRequest, repositoryOf } from "@/lib/git/forge";
import type { GitCredential } from "@/lib/git/remote";
import { DEFAULT_RULES, type GitRules, requireAllowedBranch } from "@/lib/git/rules";
import { WorkspaceError } from "@/lib/workspace/path";
import { DEFAULT_COMMITS, GIT_KINDS, type GitInput, gitEffectOf, gitInput, hostOf } from "./git-input";
import { gitPlanOf } from "./git-plan";
import { folderNameOf } from "./open-repository";

export interface GitOperationsOptions extends Partial<GitRules> {
  /** Returns the credential for a git host (`host` or `host:port`), or null. Called for each call, as it can change. */
  credential(host: string): Promise<GitCredential | null>;
  /** Hosts on which pull requests can be opened. Default: github.com. */
  forges?: readonly Forge[];
  /** `host:port`s that may have private addresses, in addition to those of the task. */
  privateHosts?: readonly string[];
  /** The committer; the agent's name is added in parentheses. */
  author?: { name: string; email: string };
  /** Seconds without data after which a remote counts as not answering. Default 60. */
  silenceSeconds?: number;
}

const API_TIMEOUT_MS = 30_000;
const DEFAULT_AUTHOR = { name: "Banyan", email: "banyan@localhost" };

/**
 * Returns the git tool. It works on the agent's repository inside the sandbox, and reaches remotes through a trusted
 * copy that only the host touches.
 */
export function gitOperations(options: GitOperationsOptions): WorldTool<typeof gitInput> {
  return worldTool({
    name: "git_operations",
    description:
      "Work with a git repository of the workspace: status, diff, log, show, branch, switch, add, commit, merge; and with remotes: clone, fetch, push, pull_request. Returns JSON. You may create, commit to and push only branches of your own namespace (banyan/… unless an answer names another), never with force, and never a default branch.",
    input: gitInput,
    level: "network",
    kinds: GIT_KINDS,
    effectOf: (given) => gitEffectOf(given, options.forges ?? [GITHUB]),
    planOf: gitPlanOf,
    // A repeated commit would be made twice, and an interrupted push may have arrived.
    afterCrash: "report_interrupted",
    onlyInWorkplace: true,
    run: (given, context) =>
      answering(async () => {
        const answer = await perform(given, context, options);
        const outside = given.operation === "clone" || given.operation === "fetch";
        return { content: JSON.stringify(answer), ...(outside && { outside }) } satisfies ToolOutcome;
      }),
  });
}

/** Returns why the call may not run here, as a `WorkspaceError`. */
function requireAllowed(given: GitInput, context: ToolContext): void {
  const effect = gitEffectOf(given, []);
  if (effect.level !== "read" && workplaceOf(context).folder.isReadOnly === true) {
    throw new WorkspaceError(
      "This workspace holds the running system, so its repository is read-only; work in a copy.",
    );
  }
  if (effect.level === "network" && !context.network?.allowed) {
    throw new WorkspaceError(
      `This task has no right to use the network, so it cannot ${given.operation.replace("_", " ")}.`,
    );
  }
}

async function perform(given: GitInput, context: ToolContext, options: GitOperationsOptions): Promise<unknown> {
  const { git } = workplaceOf(context);
  requireAllowed(given, context);
  const { operation, on_conflict, ...rest } = given;
  const rules = rulesOf(options);
  if (operation === "pull_request") return pullRequest(given, context, options, rules);
  const { timeoutMs, signal, onActivity } = context;
  return git.perform(
    {
      ...rest,
      operation,
      path: given.path ?? (operation === "clone" ? folderNameOf(given.url ?? "") : "."),
      files: given.files ?? [],
      limit: given.limit ?? DEFAULT_COMMITS,
      leavesConflicts: on_conflict === "leave",
      ...(given.url !== undefined && { remote: await remoteOf(given.url, context, options) }),
      rules,
      committer: committerOf(context, options),
      timeoutMs,
    },
    { signal, onActivity },
  );
}

function rulesOf({ branches, protectedBranches, writeScope }: GitOperationsOptions): GitRules {
  return {
    branches: branches ?? DEFAULT_RULES.branches,
    protectedBranches: protectedBranches ?? DEFAULT_RULES.protectedBranches,
    writeScope: writeScope ?? DEFAULT_RULES.writeScope,
  };
}

async function pullRequest(
  given: GitInput,
  context: ToolContext,
  options: GitOperationsOptions,
  rules: GitRules,
): Promise<unknown> {
  const { branch = "", title = "", url = "" } = given;
  requireAllowedBranch(branch, rules);
  const forges = options.forges ?? [GITHUB];
  const forge = forges.find(({ host }) => host === hostOf(url));
  if (!forge) {
    const known = forges.map(({ host }) => host).join(", ");
    throw new WorkspaceError(
      `Pull requests can be opened only on ${known}; ${JSON.stringify(url)} is on another host.`,
    );
  }
  const credential = await options.credential(forge.host);
  if (!credential) {
    throw new WorkspaceError(
      `There is no token for ${forge.host}; a person must add one before pull requests can be opened.`,
    );
  }
  const origin = `Opened by Banyan. Tree: ${context.treeId}. Task: ${context.taskId}.`;
  const wanted = { title, base: given.base, draft: given.draft ?? false, head: branch, ...repositoryOf(new URL(url)) };
  return openPullRequest(
    { ...wanted, body: `${given.body?.trim() ?? ""}\n\n${origin}`.trim() },
    {
      forge,
      token: credential.token,
      timeoutMs: Math.min(context.timeoutMs, API_TIMEOUT_MS),
      signal: context.signal,
    },
  );
}

async function remoteOf(url: string, { network }: ToolContext, options: GitOperationsOptions) {
  return {
    url,
    privateHosts: [...(network?.privateHosts ?? []), ...(options.privateHosts ?? [])],
    credential: await options.credential(hostOf(url)),
    ...(options.silenceSeconds !== undefined && { silenceSeconds: options.silenceSeconds }),
  };
}

function committerOf({ agent, treeId, taskId }: ToolContext, options: GitOperationsOptions): Committer {
  const { name, email } = options.author ?? DEFAULT_AUTHOR;
  return { name: agent ? `${name} (${agent})` : name, email, treeId, taskId };
}
