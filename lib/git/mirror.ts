import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fetchRemote, HISTORY_MAX_BYTES } from "./fetch-remote";
import type { RemoteOptions } from "./remote";
import { type GitOptions, runGit } from "./run";
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
 * Fetches the remote into its mirror. Call it only inside `exclusively(mirror, …)`. Throws a `WorkspaceError` with one
 * sentence.
 */
export async function updateMirror(mirror: Store, options: RemoteOptions): Promise<MirrorRefs> {
  await createStore(mirror, options.signal);
  removeRemains(mirror);
  await fetchRemote(mirror, options);
  const git = { gitDir: mirror.gitDir, signal: options.signal, timeoutMs: options.timeoutMs };
  const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"], git);
  const branches = new Map<string, string>();
  for (const line of listed.split("\n").filter(Boolean)) {
    const space = line.indexOf(" ");
    branches.set(line.slice(space + 1), line.slice(0, space));
  }
  const head = (await runGit(["symbolic-ref", "--quiet", "HEAD"], git)).trim().replace(/^refs\/heads\//, "");
  return { defaultBranch: branches.has(head) ? head : null, branches };
}

/** Brings one branch of a trusted repository of this machine. Call it only inside `exclusively(mirror, …)`. */
export async function updateFromBranch(
  mirror: Store,
  { gitDir, branch }: { gitDir: string; branch: string },
  limits: Pick<GitOptions, "signal" | "timeoutMs">,
): Promise<MirrorRefs> {
  await createStore(mirror, limits.signal);
  const git = { gitDir: mirror.gitDir, ...limits };
  const ref = `refs/heads/${branch}`;
  await runGit(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", gitDir, `+${ref}:${ref}`], {
    ...git,
    env: { GIT_ALLOW_PROTOCOL: "file" },
  });
  await runGit(["symbolic-ref", "HEAD", ref], git);
  const commit = (await runGit(["rev-parse", "--verify", `${ref}^{commit}`], git)).trim();
  return { defaultBranch: branch, branches: new Map([[branch, commit]]) };
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
