/**
 * Changes that an agent makes to its own repository, inside the sandbox. The rules are checked here so that the agent
 * learns of them early; an agent that bypasses them is stopped by the same check when its commits are pushed.
 */
import { WorkspaceError } from "../workspace/path";
import { type GitRules, requireAllowedBranch, requireInScope } from "./rules";
import { GitError } from "./run";
import { type AgentRepository, gitInSandbox } from "./sandbox-git";

/** The author of a commit, and the task it belongs to. */
export interface Committer {
  name: string;
  email: string;
  treeId: string;
  taskId: string;
}

export async function createBranch(repository: AgentRepository, rules: GitRules, branch: string, commit: string) {
  requireAllowedBranch(branch, rules);
  await gitInSandbox(repository, ["branch", "--no-track", branch, commit]);
  return { branch, commit };
}

/** Switches to a branch. `commit`: create the branch there; null: it exists. */
export async function switchBranch(
  repository: AgentRepository,
  rules: GitRules,
  branch: string,
  commit: string | null,
) {
  requireAllowedBranch(branch, rules);
  const args = commit === null ? ["--no-guess", branch] : ["--no-track", "--create", branch, commit];
  await gitInSandbox(repository, ["switch", "--quiet", ...args]);
  return { branch };
}

export async function stage(repository: AgentRepository, files: readonly string[]): Promise<{ staged: number }> {
  await gitInSandbox(repository, ["add", "--all", "--", ...files]);
  return { staged: (await stagedPaths(repository)).length };
}

/** Commits the staged changes, or with `all` every change, on the current branch. */
export async function commit(
  repository: AgentRepository,
  rules: GitRules,
  request: { message: string; all: boolean; committer: Committer },
) {
  const branch = await currentBranch(repository, rules);
  if (request.all) await gitInSandbox(repository, ["add", "--all", "--", "."]);
  const paths = await stagedPaths(repository);
  const merging = await mergedCommit(repository);
  // Files that a merge takes unchanged from the other branch are not changes of this branch.
  const own = merging === null ? paths : intersection(paths, await stagedPaths(repository, merging));
  requireInScope(own, rules);
  if (paths.length === 0 && merging === null) {
    throw new WorkspaceError("Nothing is staged, so there is nothing to commit; add files first, or set `all`.");
  }
  const message = `--message=${withTrailers(request.message, request.committer)}`;
  const flags = ["--quiet", "--no-verify", "--no-gpg-sign", "--cleanup=whitespace", "--no-status"];
  await gitInSandbox(repository, ["commit", ...flags, message], { env: identity(request.committer) });
  return { branch, commit: await headOf(repository), files: paths.length };
}

export type MergeAnswer =
  | { branch: string; merged: true; commit: string; upToDate?: true }
  | { branch: string; merged: false; conflicts: string[]; left: boolean };

/** Merges a commit into the current branch. With conflicts the merge is aborted, or left in the files for resolving. */
export async function merge(
  repository: AgentRepository,
  rules: GitRules,
  request: { commit: string; name: string; leaveConflicts: boolean; committer: Committer },
): Promise<MergeAnswer> {
  const branch = await currentBranch(repository, rules);
  if ((await mergedCommit(repository)) !== null) return openMerge(repository, branch);
  const before = await headOf(repository);
  const message = withTrailers(`Merge ${request.name} into ${branch}`, request.committer);
  const flags = ["--quiet", "--no-verify", "--no-gpg-sign", "--no-edit", "--no-stat", "--no-autostash"];
  const answer = await gitInSandbox(repository, ["merge", ...flags, `-m${message}`, request.commit], {
    statuses: [0, 1, 2, 128],
    env: identity(request.committer),
  });
  if (answer.status === 0) {
    const commit = await headOf(repository);
    return { branch, merged: true, commit, ...(commit === before && { upToDate: true }) };
  }
  const conflicts = await conflictsOf(repository);
  if (conflicts.length === 0) throw new GitError(`The merge was refused: ${saidIn(answer.stderr)}`, answer.stderr);
  if (!request.leaveConflicts) await gitInSandbox(repository, ["merge", "--abort"]);
  return { branch, merged: false, conflicts, left: request.leaveConflicts };
}

/** Reports a merge that an earlier call left open; this call must not abort it. */
async function openMerge(repository: AgentRepository, branch: string): Promise<MergeAnswer> {
  const conflicts = await conflictsOf(repository);
  if (conflicts.length > 0) return { branch, merged: false, conflicts, left: true };
  throw new WorkspaceError("An earlier merge is resolved but not committed; commit it before the next merge.");
}

async function conflictsOf(repository: AgentRepository): Promise<string[]> {
  const args = ["diff", "--name-only", "--diff-filter=U", "--no-renames", "-z"];
  const { stdout } = await gitInSandbox(repository, args);
  return [...new Set(stdout.split("\0").filter(Boolean))];
}

async function headOf(repository: AgentRepository): Promise<string> {
  const { stdout } = await gitInSandbox(repository, ["rev-parse", "--verify", "HEAD"]);
  return stdout.trim();
}

const SAID_MAX_CHARACTERS = 500;

function saidIn(stderr: string): string {
  return stderr.trim().replaceAll(/\s+/g, " ").slice(0, SAID_MAX_CHARACTERS) || "git did not say why.";
}

async function currentBranch(repository: AgentRepository, rules: GitRules): Promise<string> {
  const { stdout, status } = await gitInSandbox(repository, ["symbolic-ref", "--quiet", "--short", "HEAD"], {
    statuses: [0, 1],
  });
  const branch = stdout.trim();
  if (status === 1 || branch === "") {
    throw new WorkspaceError("No branch is checked out; switch to a branch first (with `create` for a new branch).");
  }
  requireAllowedBranch(branch, rules);
  return branch;
}

/** Returns the paths in which the index differs from a commit, by default HEAD. */
async function stagedPaths(repository: AgentRepository, from?: string): Promise<string[]> {
  const args = ["diff", "--cached", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z"];
  const { stdout, truncated } = await gitInSandbox(repository, [...args, ...(from ? [from] : []), "--"], {
    maxOutputBytes: 8 * 1024 * 1024,
  });
  if (truncated) throw new WorkspaceError("Too many files are staged for one commit; commit them in parts.");
  return stdout.split("\0").filter(Boolean);
}

async function mergedCommit(repository: AgentRepository): Promise<string | null> {
  const { stdout } = await gitInSandbox(repository, ["rev-parse", "--verify", "--quiet", "MERGE_HEAD"], {
    statuses: [0, 1],
  });
  return stdout.trim() || null;
}

function intersection(a: readonly string[], b: readonly string[]): string[] {
  const others = new Set(b);
  return a.filter((path) => others.has(path));
}

function withTrailers(message: string, { treeId, taskId }: Committer): string {
  return `${message.trim()}\n\nBanyan-Tree: ${treeId}\nBanyan-Task: ${taskId}`;
}

function identity({ name, email }: Committer): Record<string, string> {
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
