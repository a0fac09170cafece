import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isSameFile, type Lock, LockError, lockFile } from "../process/file-lock";
import { deadline } from "../time/deadline";
import { WorkspaceError } from "../workspace/path";
import { fetchRemote, HISTORY_MAX_BYTES } from "./fetch-remote";
import type { RemoteOptions } from "./remote";
import { DEFAULT_TIMEOUT_MS, type GitOptions, runGit } from "./run";
import { createStore, type Store } from "./store";

/** The references of a remote, as in the tree's trusted bare repository. */
export interface MirrorRefs {
  /** Null for a repository without commits. */
  defaultBranch: string | null;
  /** Name => commit. */
  branches: Map<string, string>;
}

/** Returns the tree's trusted bare repository of a remote. No agent writes to it, and no other tree shares it. */
export function mirrorOf(cacheDir: string, url: string): Store {
  const id = createHash("sha256").update(url).digest("hex").slice(0, 24);
  return { gitDir: path.join(cacheDir, "remotes", id), parts: [] };
}

/**
 * Fetches the remote into its mirror. Call it only inside `exclusively(mirror, …)`, whose queue does not know other
 * processes: they may fetch again afterwards, but never at the same time. Throws a `WorkspaceError` with one sentence.
 */
export function updateMirror(mirror: Store, options: RemoteOptions): Promise<MirrorRefs> {
  return locked(mirror, options, async (git) => {
    await fetchRemote(mirror, { ...options, lockFd: git.lockFd });
    const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"], git);
    const branches = new Map<string, string>();
    for (const line of listed.split("\n").filter(Boolean)) {
      const space = line.indexOf(" ");
      branches.set(line.slice(space + 1), line.slice(0, space));
    }
    const head = (await runGit(["symbolic-ref", "--quiet", "HEAD"], git)).trim().replace(/^refs\/heads\//, "");
    return { defaultBranch: branches.has(head) ? head : null, branches };
  });
}

/** Brings one branch of a trusted repository of this machine. Call it as `updateMirror`. */
export function updateFromBranch(
  mirror: Store,
  { gitDir, branch }: { gitDir: string; branch: string },
  limits: Limits,
): Promise<MirrorRefs> {
  return locked(mirror, limits, async (git) => {
    const ref = `refs/heads/${branch}`;
    await runGit(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", gitDir, `+${ref}:${ref}`], {
      ...git,
      env: { GIT_ALLOW_PROTOCOL: "file" },
    });
    await runGit(["symbolic-ref", "HEAD", ref], git);
    const commit = (await runGit(["rev-parse", "--verify", `${ref}^{commit}`], git)).trim();
    return { defaultBranch: branch, branches: new Map([[branch, commit]]) };
  });
}

type Limits = Pick<GitOptions, "signal" | "timeoutMs">;

/** Within the mirror, so that it goes with it. Not named `.lock`, as what git leaves. */
const LOCK = "banyan-updating";

/**
 * Calls `work` with what git needs to write to the mirror, while no other process of Banyan updates it. Every git gets the
 * lock: after a kill of this process, the others wait until the last of them has ended, and only then remove what they
 * left. One whose remote falls silent ends by itself.
 */
async function locked<Result>(
  mirror: Store,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: Limits,
  work: (git: GitOptions & { lockFd: number }) => Promise<Result>,
): Promise<Result> {
  const lock = await takeLock(mirror, { signal, timeoutMs });
  try {
    await createStore(mirror, { signal, lockFd: lock.fd });
    removeRemains(mirror);
    return await work({ gitDir: mirror.gitDir, signal, timeoutMs, lockFd: lock.fd });
  } finally {
    lock.release();
  }
}

/** macOS opens the file again while it waits, and finds no folder when the mirror was removed meanwhile. */
function orGone(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

async function takeLock(
  { gitDir }: Store,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number },
): Promise<Lock> {
  const file = path.join(gitDir, LOCK);
  const limit = deadline(signal ?? new AbortController().signal, timeoutMs);
  try {
    for (;;) {
      fs.mkdirSync(gitDir, { recursive: true, mode: 0o700 });
      const lock = await lockFile(file, "exclusive", { wait: true, signal: limit.signal }).catch(orGone);
      // The mirror was removed while this process waited: the lock of a removed file keeps nobody away.
      if (lock && isSameFile(lock.fd, file)) return lock;
      lock?.release();
    }
  } catch (error) {
    if (error instanceof LockError)
      throw new WorkspaceError(`The copy of the repository cannot be locked (${error.message}).`);
    if (limit.isLate())
      throw new WorkspaceError("Another process of Banyan is still fetching this repository: try again in a moment.");
    throw error;
  } finally {
    limit.end();
  }
}

const REMAINS_AGE_MS = 3600 * 1000;

/** Removes the unfinished files of a killed git. Young files may belong to another process. */
function removeRemains(mirror: Store): void {
  const packs = path.join(mirror.gitDir, "objects", "pack");
  for (const name of fs.existsSync(packs) ? fs.readdirSync(packs) : []) {
    const file = path.join(packs, name);
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (/^\.?tmp[_-]/.test(name) && age > REMAINS_AGE_MS) fs.rmSync(file, { force: true });
  }
}

/** Returns the commits that the mirror has. */
export async function knownCommits(mirror: Store, commits: readonly string[], git: GitOptions): Promise<string[]> {
  const wellFormed = [...new Set(commits.filter((commit) => /^[0-9a-f]{40}$/.test(commit)))];
  if (wellFormed.length === 0) return [];
  const found = await runGit(["rev-list", "--no-walk", "--ignore-missing", ...wellFormed], {
    ...git,
    gitDir: mirror.gitDir,
  });
  return found.split("\n").filter(Boolean);
}

/**
 * Writes the mirror's branches and tags, without the history of `known`, to one file; returns false when nothing is
 * left.
 */
export async function writeBundle(
  mirror: Store,
  file: string,
  { refs, known }: { refs: MirrorRefs; known: readonly string[] },
  git: GitOptions,
): Promise<boolean> {
  if (refs.branches.size === 0) return false;
  const head = refs.defaultBranch === null ? [] : ["HEAD"];
  const excluded = known.map((commit) => `^${commit}`);
  const options = { ...git, gitDir: mirror.gitDir, maxFileBytes: HISTORY_MAX_BYTES };
  try {
    await runGit(["bundle", "create", "--quiet", file, ...head, "--branches", "--tags", ...excluded], options);
    return true;
  } catch (error) {
    if (error instanceof Error && /empty bundle/i.test(error.message)) return false;
    throw error;
  }
}
