/** Compares a remote's branch with what a forced push would put there. */
import { partsInside, WorkspaceError } from "../workspace/path";
import { mirrorOf, updateMirror } from "./mirror";
import { openRemote, type RemoteOptions } from "./remote";
import { runGit } from "./run";
import { type AgentRepository, gitInSandbox } from "./sandbox-git";
import { exclusively } from "./store";

/** A push as a command names it. Null stands for what git takes from the repository's settings. */
export interface NamedPush {
  folder: string | null;
  remote: string | null;
  source: string | null;
  branch: string | null;
}

/** A commit, as its author wrote it. */
interface ComparedCommit {
  commit: string;
  subject: string;
  author: string;
  /** ISO. */
  at: string;
}

interface ComparedCommits {
  /** The newest. */
  commits: ComparedCommit[];
  /** The number of all. */
  total: number;
}

export interface PushComparison {
  url: string;
  branch: string;
  /** The remote has no such branch yet. */
  isNew: boolean;
  /** Commits that only the remote's branch has. */
  loses: ComparedCommits;
  /** Commits that it gets. */
  gains: ComparedCommits;
}

/** Longer histories are not compared, because a part of a history does not show what is lost. */
const MOST_COMMITS = 200_000;
const LINE_BYTES = 41;
const SHOWN = 20;
const FORMAT = "--format=%H%x00%s%x00%an%x00%aI";
const REAL_HISTORY = { GIT_NO_REPLACE_OBJECTS: "1", GIT_GRAFT_FILE: "/dev/null" };

/**
 * Fetches the remote's branches into the tree's mirror, which no agent writes, and compares. The agent's repository is
 * read in the sandbox, and says only which commits it has: their ids cannot be made up. Throws a `WorkspaceError` with one
 * sentence.
 */
export async function comparePush(
  given: Omit<AgentRepository, "parts">,
  target: PushTarget,
  { cacheDir, ...options }: RemoteOptions & { cacheDir: string },
): Promise<PushComparison> {
  const repository = { ...given, parts: partsInside(given.view, target.folder) };
  const { url } = await openRemote(options);
  const mirror = mirrorOf(cacheDir, url);
  return exclusively(
    mirror,
    async () => {
      const { branches } = await updateMirror(mirror, options);
      const tip = branches.get(target.branch);
      const git = { gitDir: mirror.gitDir, signal: given.signal, timeoutMs: given.timeoutMs };
      const there = tip === undefined ? [] : linesOf(await runGit(listArguments(tip), { ...git, ...LIST }));
      const here = linesOf((await gitInSandbox(repository, listArguments(target.commit), LISTED)).stdout);
      if (Math.max(there.length, here.length) >= MOST_COMMITS)
        throw new WorkspaceError(`The history has more than ${MOST_COMMITS} commits, so it was not compared.`);
      const loses = without(there, here);
      const gains = without(here, there);
      return {
        url,
        branch: target.branch,
        isNew: tip === undefined,
        loses: { total: loses.length, commits: await shownCommits(loses, (args) => runGit(args, git)) },
        gains: {
          total: gains.length,
          commits: await shownCommits(gains, async (args) => (await gitInSandbox(repository, args, LISTED)).stdout),
        },
      };
    },
    given.signal,
  );
}

const LIST = { maxOutputBytes: MOST_COMMITS * LINE_BYTES };
const LISTED = { ...LIST, env: REAL_HISTORY };

const listArguments = (commit: string) => ["rev-list", `--max-count=${MOST_COMMITS}`, commit, "--"];
const linesOf = (text: string) => text.split("\n").filter(Boolean);

function without(all: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return all.filter((commit) => !known.has(commit));
}

async function shownCommits(
  commits: readonly string[],
  git: (args: readonly string[]) => Promise<string>,
): Promise<ComparedCommit[]> {
  if (commits.length === 0) return [];
  const text = await git(["log", "--no-walk=unsorted", FORMAT, ...commits.slice(0, SHOWN), "--"]);
  return linesOf(text).map((line) => {
    const [commit = "", subject = "", author = "", at = ""] = line.split("\0");
    return { commit, subject, author, at };
  });
}

/** What a push would put where. */
export interface PushTarget {
  /** The repository's. */
  folder: string;
  /** As the command or the repository's settings name it. */
  url: string;
  branch: string;
  commit: string;
}

/** Reads from the repository the values that the command does not name. Throws a `WorkspaceError` with one sentence. */
export async function pushTarget(given: Omit<AgentRepository, "parts">, push: NamedPush): Promise<PushTarget> {
  const folder = push.folder ?? ".";
  const repository = { ...given, parts: partsInside(given.view, folder) };
  const read = async (args: readonly string[]) => {
    const { status, stdout } = await gitInSandbox(repository, args, { statuses: ANY, env: REAL_HISTORY });
    return status === 0 ? linesOf(stdout) : [];
  };
  const [current] = await read(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const branch = push.branch ?? current;
  if (branch === undefined) throw new WorkspaceError("No branch is checked out, so it is open what would be pushed.");
  if (push.source === null) await requirePlainPush(read, branch);
  const [commit] = await read(["rev-parse", "--verify", "--quiet", `${push.source ?? "HEAD"}^{commit}`]);
  if (commit === undefined)
    throw new WorkspaceError(`There is no commit ${JSON.stringify(push.source ?? "HEAD")} here.`);
  const [pushesTo] = await read(["for-each-ref", "--format=%(push:remotename)", `refs/heads/${current ?? branch}`]);
  const remote = push.remote ?? (pushesTo || "origin");
  if (/^[a-z+]+:\/\//.test(remote)) return { folder, url: remote, branch, commit };
  const urls = remote.startsWith("-") ? [] : await read(["remote", "get-url", "--push", "--all", "--", remote]);
  const [url] = urls;
  if (url === undefined || urls.length > 1)
    throw new WorkspaceError(
      `The remote ${JSON.stringify(remote)} has ${urls.length === 0 ? "no address" : "several"} here.`,
    );
  return { folder, url, branch, commit };
}

const ANY = [0, 1, 2, 128, 129];

/** Settings can make a push without names push more, or to another branch. */
async function requirePlainPush(read: (args: readonly string[]) => Promise<string[]>, branch: string): Promise<void> {
  const set = await read(["config", "--get-regexp", "^(push\\.default|remote\\..*\\.(push|mirror))$"]);
  const [upstream] = await read(["for-each-ref", "--format=%(push:remoteref)", `refs/heads/${branch}`]);
  const isPlain = set.every((line) => /^push\.default (simple|current)$/.test(line));
  if (!isPlain || (upstream && upstream !== `refs/heads/${branch}`))
    throw new WorkspaceError("The repository's settings decide what is pushed, so it was not compared.");
}
