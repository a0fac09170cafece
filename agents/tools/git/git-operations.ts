import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import { cloneForAgent, fetchForAgent } from "@/lib/git/agent-remote";
import * as change from "@/lib/git/change-repository";
import { type Forge, GITHUB, openPullRequest, repositoryOf } from "@/lib/git/forge";
import { pushForAgent } from "@/lib/git/push";
import * as read from "@/lib/git/read-repository";
import type { GitCredential, RemoteOptions } from "@/lib/git/remote";
import { DEFAULT_RULES, type GitRules, requireAllowedBranch } from "@/lib/git/rules";
import type { AgentRepository } from "@/lib/git/sandbox-git";
import { partsInside, SANDBOX_ROOT, WorkspaceError } from "@/lib/workspace/path";
import {
  DEFAULT_COMMITS,
  GIT_KINDS,
  type GitInput,
  type GitOperation,
  gitEffectOf,
  gitInput,
  hostOf,
} from "./git-input";
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

/** One call: its input, with all required fields, and everything it works with. */
interface GitCall {
  given: GitInput;
  context: ToolContext;
  repository: AgentRepository;
  options: GitOperationsOptions;
  rules: GitRules;
}

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
    run: (given, context) =>
      answering(async () => {
        const operation = OPERATION[given.operation];
        const answer = await operation(callOf(given, context, options));
        const outside = given.operation === "clone" || given.operation === "fetch";
        return { content: JSON.stringify(answer), ...(outside && { outside }) } satisfies ToolOutcome;
      }),
  });
}

function callOf(given: GitInput, context: ToolContext, options: GitOperationsOptions): GitCall {
  const view = viewOf(context);
  const effect = gitEffectOf(given, []);
  if (effect.level !== "read" && view.isReadOnly === true) {
    throw new WorkspaceError(
      "This workspace holds the running system, so its repository is read-only; work in a copy.",
    );
  }
  if (effect.level === "network" && !context.network?.allowed) {
    throw new WorkspaceError(
      `This task has no right to use the network, so it cannot ${given.operation.replace("_", " ")}.`,
    );
  }
  const path = given.path ?? (given.operation === "clone" ? folderNameOf(given.url ?? "") : ".");
  const { sandbox, timeoutMs, signal, onActivity } = context;
  return {
    given,
    context,
    options,
    repository: { sandbox, view, parts: partsInside(view, path), timeoutMs, signal, onActivity },
    rules: {
      branches: options.branches ?? DEFAULT_RULES.branches,
      protectedBranches: options.protectedBranches ?? DEFAULT_RULES.protectedBranches,
      writeScope: options.writeScope ?? DEFAULT_RULES.writeScope,
    },
  };
}

const OPERATION: Record<GitOperation, (call: GitCall) => Promise<unknown>> = {
  status: ({ repository }) => read.readStatus(repository),
  diff: async (call) => {
    const { from, to } = call.given;
    if (to !== undefined && from === undefined)
      throw new WorkspaceError("`to` needs `from`: the commit to compare with.");
    return read.readDiff(call.repository, {
      from: from === undefined ? undefined : await read.resolveCommit(call.repository, from),
      to: to === undefined ? undefined : await read.resolveCommit(call.repository, to),
      staged: call.given.staged,
      files: filesOf(call),
    });
  },
  log: async (call) =>
    read.readLog(call.repository, {
      revision: await revisionOf(call),
      limit: call.given.limit ?? DEFAULT_COMMITS,
      files: filesOf(call),
    }),
  show: async (call) => read.readCommit(call.repository, { revision: await revisionOf(call), files: filesOf(call) }),
  branch: async (call) => {
    const { branch } = call.given;
    if (branch === undefined) return read.readBranches(call.repository);
    requireAllowedBranch(branch, call.rules);
    return change.createBranch(call.repository, call.rules, branch, await revisionOf(call));
  },
  switch: async (call) => {
    const { branch = "", create } = call.given;
    requireAllowedBranch(branch, call.rules);
    return change.switchBranch(call.repository, call.rules, branch, create ? await revisionOf(call) : null);
  },
  add: (call) => change.stage(call.repository, filesOf(call)),
  commit: (call) => {
    const { message = "", all = false } = call.given;
    return change.commit(call.repository, call.rules, { message, all, committer: committerOf(call) });
  },
  merge: async (call) =>
    change.merge(call.repository, call.rules, {
      commit: await revisionOf(call),
      name: call.given.revision ?? "",
      leaveConflicts: call.given.on_conflict === "leave",
      committer: committerOf(call),
    }),
  clone: async (call) => {
    const cloned = await cloneForAgent(call.repository, call.context.cacheDir, await remoteOf(call));
    return { path: call.repository.parts.join("/") || ".", ...cloned };
  },
  fetch: async (call) => fetchForAgent(call.repository, call.context.cacheDir, await remoteOf(call)),
  push: async (call) => {
    const { branch = "", commit = "" } = call.given;
    requireAllowedBranch(branch, call.rules);
    const remote = { ...(await remoteOf(call)), branch, commit };
    return pushForAgent(call.repository, call.context.cacheDir, call.rules, remote);
  },
  pull_request: pullRequest,
};

async function pullRequest({ given, context, options, rules }: GitCall): Promise<unknown> {
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

async function remoteOf({ given, context, options }: GitCall): Promise<RemoteOptions> {
  const { timeoutMs, signal, onActivity } = context;
  return {
    url: given.url ?? "",
    privateHosts: [...(context.network?.privateHosts ?? []), ...(options.privateHosts ?? [])],
    credential: await options.credential(hostOf(given.url)),
    silenceSeconds: options.silenceSeconds,
    timeoutMs,
    signal,
    onActivity,
  };
}

function revisionOf({ given, repository }: GitCall): Promise<string> {
  return read.resolveCommit(repository, given.revision ?? "HEAD");
}

/** Returns the paths relative to the repository; agents also give them as the file tools or the terminal name them. */
function filesOf({ given, repository }: GitCall): string[] {
  const bases = [repository.view.root, SANDBOX_ROOT].map((base) => [base, ...repository.parts].join("/"));
  return (given.files ?? []).map((file) => {
    for (const base of bases) {
      if (file === base) return ".";
      if (file.startsWith(`${base}/`)) return file.slice(base.length + 1);
    }
    return file;
  });
}

function committerOf({ context, options }: GitCall): change.Committer {
  const { name, email } = options.author ?? DEFAULT_AUTHOR;
  const { agent, treeId, taskId } = context;
  return { name: agent ? `${name} (${agent})` : name, email, treeId, taskId };
}
