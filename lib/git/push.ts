/**
 * Pushes an agent's commit. The host never opens the agent's repository: the sandbox packs the commit into a file, the
 * host checks its objects one by one into the mirror of the remote, checks there what the commits change, and pushes
 * exactly that commit from there. Nothing that the agent's repository says about itself is trusted.
 */
import fs from "node:fs";
import path from "node:path";
import { WorkspaceError } from "../workspace/path";
import { knownCommits, type MirrorRefs, mirrorOf, updateMirror } from "./mirror";
import { openRemote, type Remote, type RemoteOptions, remoteFailure } from "./remote";
import { type GitRules, requireAllowedBranch, requireInScope } from "./rules";
import { eachItem, GitError, type GitOptions, runGit } from "./run";
import {
  type AgentRepository,
  gitCommand,
  gitInSandbox,
  quoteForShell,
  sandboxPath,
  shellInSandbox,
} from "./sandbox-git";
import { exclusively, type Store } from "./store";
import { newTransferName, removeTransfer, takeTransfer } from "./transfer";

export interface PushOptions extends RemoteOptions {
  branch: string;
  /** The full id, so that exactly the requested and approved commit is pushed. */
  commit: string;
}

export interface Pushed {
  branch: string;
  commit: string;
  /** The number of commits that the remote did not have. */
  commits: number;
  /** Whether the branch is new at the remote. */
  created: boolean;
  /** Whether the remote's branch was already at this commit. */
  upToDate: boolean;
}

const PACK_MAX_BYTES = 512 * 1024 * 1024;
const KNOWN_MAX = 200;

/**
 * Pushes a commit. Throws a `WorkspaceError` with one sentence, or the signal's reason; in both cases the remote may
 * have the commit.
 */
export async function pushForAgent(
  repository: AgentRepository,
  cacheDir: string,
  rules: GitRules,
  options: PushOptions,
): Promise<Pushed> {
  requireAllowedBranch(options.branch, rules);
  if (!/^[0-9a-f]{40}$/.test(options.commit)) {
    throw new WorkspaceError("`commit` must be the full id of the commit to push, 40 hexadecimal digits.");
  }
  const remote = await openRemote(options);
  const mirror = mirrorOf(cacheDir, remote.url);
  return exclusively(
    mirror,
    async () => {
      const refs = await updateMirror(mirror, options);
      if (options.branch === refs.defaultBranch) {
        throw new WorkspaceError(
          `${JSON.stringify(options.branch)} is the default branch of the repository, to which Banyan never pushes; use another branch.`,
        );
      }
      const git = { gitDir: mirror.gitDir, signal: options.signal, timeoutMs: options.timeoutMs };
      await takeCommit(repository, mirror, options.commit, git);
      const commits = await checkCommits(options.commit, refs, rules, git);
      const there = refs.branches.get(options.branch);
      const pushed = { branch: options.branch, commit: options.commit, commits };
      if (there === options.commit) return { ...pushed, created: false, upToDate: true };
      await pushCommit(remote, options, git);
      return { ...pushed, created: there === undefined, upToDate: false };
    },
    options.signal,
  );
}

/**
 * Imports a commit's objects from the agent's repository into the mirror, as untrusted as a stranger's push to a
 * server.
 */
async function takeCommit(repository: AgentRepository, mirror: Store, commit: string, git: GitOptions): Promise<void> {
  const listed = await gitInSandbox(repository, ["for-each-ref", "--format=%(objectname)", "refs/remotes/origin"]);
  const known = await knownCommits(mirror, listed.stdout.split("\n").slice(0, KNOWN_MAX), git);
  const name = newTransferName();
  const staging = fs.mkdtempSync(path.join(path.dirname(mirror.gitDir), "pack-"));
  try {
    const wanted = [commit, ...known.map((commit) => `^${commit}`)].join("\n");
    const pack = gitCommand(repository.parts, ["pack-objects", "-q", "--revs", "--thin", "--stdout"]);
    const target = quoteForShell(sandboxPath([name]));
    await packed(
      shellInSandbox(repository, `set -o pipefail; echo ${quoteForShell(wanted)} | ${pack} > ${target}`),
      commit,
    );
    const file = path.join(staging, "pack");
    await takeTransfer(repository.view, name, file, PACK_MAX_BYTES);
    await takePack(file, git);
    // Fails unless every object that the commit reaches is in the mirror.
    await runGit(["rev-list", "--objects", "--quiet", commit, "--not", "--branches"], git);
  } catch (error) {
    if (!(error instanceof GitError) || git.signal?.aborted) throw error;
    throw new WorkspaceError(`The commit ${commit.slice(0, 12)} cannot be taken from the workspace: ${error.message}`);
  } finally {
    removeTransfer(repository.view, name);
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

async function packed(packing: Promise<unknown>, commit: string): Promise<void> {
  try {
    await packing;
  } catch (error) {
    if (!(error instanceof GitError) || !/bad object|bad revision|not a valid object/i.test(error.said)) throw error;
    throw new WorkspaceError(`There is no commit ${commit} in the repository; give the id that \`commit\` returned.`);
  }
}

/**
 * Imports a pack. `--strict` is `transfer.fsckObjects` for a pack: it refuses malformed objects and paths such as
 * `.git/config`.
 */
async function takePack(file: string, git: GitOptions): Promise<void> {
  const inputFd = fs.openSync(file, "r");
  try {
    const limit = `--max-input-size=${PACK_MAX_BYTES}`;
    await runGit(["index-pack", "--stdin", "--fix-thin", "--strict", limit], { ...git, inputFd });
  } finally {
    fs.closeSync(inputFd);
  }
}

const PATHS_MAX = 100_000;

/** Checks each commit that the remote does not have, and their combined change. Returns their number. */
async function checkCommits(commit: string, refs: MirrorRefs, rules: GitRules, git: GitOptions): Promise<number> {
  const paths = new Set<string>();
  const take = (path: string) => {
    // An error thrown here would be uncaught, so paths are counted up to one above the limit.
    if (path !== "" && paths.size <= PATHS_MAX) paths.add(path);
  };
  const quiet = ["--no-ext-diff", "--no-textconv", "--no-renames", "--name-only", "-z"];
  // For a merge, only files that differ from every parent: other changes are in commits that are checked too, or at the
  // remote.
  const each = ["log", "--format=", "-c", "--root", ...quiet, commit, "--not", "--branches", "--"];
  await eachItem(["-c", "log.showSignature=false", ...each], git, take);
  const base = refs.defaultBranch === null ? null : await mergeBase(commit, refs.branches.get(refs.defaultBranch), git);
  await eachItem(["diff", ...quiet, base ?? EMPTY_TREE, commit, "--"], git, take);
  if (paths.size > PATHS_MAX) throw new WorkspaceError(`The commits change more than ${PATHS_MAX} files; push less.`);
  requireInScope(paths, rules);
  return Number(await runGit(["rev-list", "--count", commit, "--not", "--branches"], git));
}

/** The empty tree, which exists in every repository. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

async function mergeBase(commit: string, other: string | undefined, git: GitOptions): Promise<string | null> {
  if (other === undefined) return null;
  try {
    return (await runGit(["merge-base", commit, other], git)).trim() || null;
  } catch (error) {
    // Exit status 1 without output means that there is no merge base.
    if (error instanceof GitError && error.said === "") return null;
    throw error;
  }
}

/**
 * Pushes a commit of the mirror as a branch. `expected`: the commit that the branch must have at the remote, "" for a
 * branch that must be new; without it git refuses only what loses commits. Throws a `WorkspaceError`.
 */
export async function pushCommit(
  remote: Remote,
  { branch, commit, expected, onActivity }: PushedBranch & Pick<RemoteOptions, "onActivity">,
  git: GitOptions,
): Promise<void> {
  const lease = expected === undefined ? [] : [`--force-with-lease=refs/heads/${branch}:${expected}`];
  const flags = ["push", "--progress", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", ...lease];
  try {
    await runGit([...remote.arguments, ...flags, "--", remote.url, `${commit}:refs/heads/${branch}`], {
      ...git,
      env: remote.env,
      onActivity,
    });
  } catch (error) {
    throw remoteFailure(error, remote.url);
  }
}

interface PushedBranch {
  branch: string;
  commit: string;
  expected?: string;
}
