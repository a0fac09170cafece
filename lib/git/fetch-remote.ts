import { openRemote, type RemoteOptions, remoteFailure } from "./remote";
import { type GitOptions, runGit } from "./run";
import type { Store } from "./store";

/** The largest file that a fetch may write, which bounds what a remote can send. */
export const HISTORY_MAX_BYTES = 2 * 1024 ** 3;

/**
 * Fetches every branch and tag of a remote into a trusted bare repository, and sets its HEAD to the remote's default
 * branch. Branches that were deleted at the remote are deleted here too. Throws a `WorkspaceError` with one sentence.
 */
export async function fetchRemote(store: Store, options: RemoteOptions & Pick<GitOptions, "lockFd">): Promise<void> {
  const remote = await openRemote(options);
  const { timeoutMs, signal, onActivity, lockFd } = options;
  const local = { gitDir: store.gitDir, signal, timeoutMs, lockFd };
  const git = { ...local, onActivity, env: remote.env, maxFileBytes: HISTORY_MAX_BYTES };
  try {
    const head = await runGit([...remote.arguments, "ls-remote", "--symref", "--", remote.url, "HEAD"], git);
    const branch = head.match(/^ref: (refs\/heads\/\S+)\tHEAD$/m)?.[1];
    const limits = ["-c", "fetch.fsckObjects=false", "-c", "fetch.unpackLimit=1"];
    const fetching = ["fetch", "--progress", "--prune", "--no-recurse-submodules", "--no-auto-maintenance"];
    const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    await runGit([...remote.arguments, ...limits, ...fetching, "--", remote.url, ...refs], git);
    if (branch) await runGit(["symbolic-ref", "HEAD", branch], local);
    else await chooseBranch(head, local);
  } catch (error) {
    throw remoteFailure(error, remote.url);
  }
}

/** Old servers name only HEAD's commit, so this chooses a branch at that commit, preferring the customary names. */
async function chooseBranch(head: string, git: GitOptions): Promise<void> {
  const commit = head.split("\t")[0] ?? "";
  const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"], git);
  const branches = listed
    .split("\n")
    .filter((line) => line.startsWith(commit))
    .map((line) => line.split(" ")[1] ?? "");
  const branch = ["refs/heads/main", "refs/heads/master"].find((name) => branches.includes(name)) ?? branches[0];
  if (branch) await runGit(["symbolic-ref", "HEAD", branch], git);
}
