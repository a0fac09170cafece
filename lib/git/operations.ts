/** What an agent does with a repository of its workspace, one request for each operation. */
import type { SandboxPort } from "../sandbox/port";
import { partsInside, SANDBOX_ROOT, WorkspaceError, type WorkspaceView } from "../workspace/path";
import { cloneForAgent, fetchForAgent } from "./agent-remote";
import * as change from "./change-repository";
import { pushForAgent } from "./push";
import * as read from "./read-repository";
import type { RemoteOptions } from "./remote";
import { type GitRules, requireAllowedBranch } from "./rules";
import type { AgentRepository } from "./sandbox-git";

type GitOperation =
  | "status"
  | "diff"
  | "log"
  | "show"
  | "branch"
  | "switch"
  | "add"
  | "commit"
  | "merge"
  | "clone"
  | "fetch"
  | "push";

/** The fields that an operation does not use are absent. */
export interface GitRequest {
  operation: GitOperation;
  /** The repository's folder. */
  path: string;
  /** Relative to the repository, or as the file tools or the terminal name them. */
  files: readonly string[];
  /** diff: the older commit, branch or tag. */
  from?: string | undefined;
  to?: string | undefined;
  staged?: boolean | undefined;
  /** A commit, branch or tag. Default: HEAD. */
  revision?: string | undefined;
  /** log: most commits. */
  limit: number;
  branch?: string | undefined;
  /** switch: create the branch at `revision`. */
  create?: boolean | undefined;
  message?: string | undefined;
  /** commit: stage every change first. */
  all?: boolean | undefined;
  leavesConflicts?: boolean | undefined;
  /** push: the full id. */
  commit?: string | undefined;
  /** For clone, fetch and push. */
  remote?: Omit<RemoteOptions, "timeoutMs" | "signal" | "onActivity"> | undefined;
  rules: GitRules;
  committer: change.Committer;
  timeoutMs: number;
}

export interface GitHost {
  sandbox: SandboxPort;
  view: WorkspaceView;
  /** For trusted copies of remote repositories. */
  cacheDir: string;
  signal: AbortSignal;
  onActivity?: (() => void) | undefined;
}

interface Work {
  given: GitRequest;
  repository: AgentRepository;
  cacheDir: string;
}

/**
 * Works with the agent's repository inside the sandbox, and with remotes through a trusted copy that only the host touches.
 * Resolves with JSON. Throws a `WorkspaceError` with one sentence, or the signal's reason.
 */
export async function performGit({ view, cacheDir, ...host }: GitHost, given: GitRequest): Promise<unknown> {
  const { onActivity, ...rest } = host;
  const parts = partsInside(view, given.path);
  const live = { ...rest, ...(onActivity && { onActivity }), timeoutMs: given.timeoutMs };
  return OPERATION[given.operation]({ given, repository: { ...live, view, parts }, cacheDir });
}

const OPERATION: Record<GitOperation, (work: Work) => Promise<unknown>> = {
  status: ({ repository }) => read.readStatus(repository),
  diff: async (work) => {
    const { from, to, staged } = work.given;
    if (to !== undefined && from === undefined)
      throw new WorkspaceError("`to` needs `from`: the commit to compare with.");
    return read.readDiff(work.repository, {
      from: from === undefined ? undefined : await read.resolveCommit(work.repository, from),
      to: to === undefined ? undefined : await read.resolveCommit(work.repository, to),
      staged,
      files: filesOf(work),
    });
  },
  log: async (work) =>
    read.readLog(work.repository, {
      revision: await revisionOf(work),
      limit: work.given.limit,
      files: filesOf(work),
    }),
  show: async (work) => read.readCommit(work.repository, { revision: await revisionOf(work), files: filesOf(work) }),
  branch: async (work) => {
    const { branch, rules } = work.given;
    if (branch === undefined) return read.readBranches(work.repository);
    requireAllowedBranch(branch, rules);
    return change.createBranch(work.repository, rules, branch, await revisionOf(work));
  },
  switch: async (work) => {
    const { branch = "", create, rules } = work.given;
    requireAllowedBranch(branch, rules);
    return change.switchBranch(work.repository, rules, branch, create ? await revisionOf(work) : null);
  },
  add: (work) => change.stage(work.repository, filesOf(work)),
  commit: ({ given: { message = "", all = false, rules, committer }, repository }) =>
    change.commit(repository, rules, { message, all, committer }),
  merge: async (work) => {
    const { rules, revision = "", leavesConflicts = false, committer } = work.given;
    const commit = await revisionOf(work);
    return change.merge(work.repository, rules, { commit, name: revision, leaveConflicts: leavesConflicts, committer });
  },
  clone: async (work) => {
    const cloned = await cloneForAgent(work.repository, work.cacheDir, remoteOf(work));
    return { path: work.repository.parts.join("/") || ".", ...cloned };
  },
  fetch: async (work) => fetchForAgent(work.repository, work.cacheDir, remoteOf(work)),
  push: async (work) => {
    const { branch = "", commit = "", rules } = work.given;
    requireAllowedBranch(branch, rules);
    return pushForAgent(work.repository, work.cacheDir, rules, { ...remoteOf(work), branch, commit });
  },
};

function remoteOf({ given: { remote }, repository }: Work): RemoteOptions {
  if (!remote) throw new WorkspaceError("`url` is missing: give the https URL of the remote repository.");
  const { timeoutMs, signal, onActivity } = repository;
  return { ...remote, timeoutMs, signal, ...(onActivity && { onActivity }) };
}

function revisionOf({ given, repository }: Work): Promise<string> {
  return read.resolveCommit(repository, given.revision ?? "HEAD");
}

/** Returns the paths relative to the repository. */
function filesOf({ given, repository }: Work): string[] {
  const bases = [repository.view.root, SANDBOX_ROOT].map((base) => [base, ...repository.parts].join("/"));
  return given.files.map((file) => {
    for (const base of bases) {
      if (file === base) return ".";
      if (file.startsWith(`${base}/`)) return file.slice(base.length + 1);
    }
    return file;
  });
}
