/**
 * Clone and fetch for an agent: the host talks to the remote, and the sandbox imports the result into the agent's
 * repository.
 */
import fs from "node:fs";
import path from "node:path";
import { WorkspaceError } from "../workspace/path";
import { requireMissingOrEmpty } from "./clone-repository";
import { knownCommits, type MirrorRefs, mirrorOf, updateFromBranch, updateMirror, writeBundle } from "./mirror";
import { openRemote, type RemoteOptions } from "./remote";
import {
  type AgentRepository,
  gitCommand,
  gitInSandbox,
  quoteForShell,
  sandboxPath,
  shellInSandbox,
} from "./sandbox-git";
import { exclusively, type Store } from "./store";
import { newTransferName, placeTransfer, removeTransfer } from "./transfer";

export interface Cloned {
  /** The checked-out branch; null when the remote has no commits. */
  branch: string | null;
  commit: string | null;
  branches: string[];
}

/**
 * Copies a remote repository with its history into a missing or empty folder of the workspace, and checks out a branch.
 */
export async function cloneForAgent(
  repository: AgentRepository,
  cacheDir: string,
  options: RemoteOptions,
  wantedBranch?: string,
): Promise<Cloned> {
  requireMissingOrEmpty(repository.view, repository.parts);
  const { url } = await openRemote(options);
  const mirror = mirrorOf(cacheDir, url);
  return cloneMirror(repository, { mirror, url, update: () => updateMirror(mirror, options), wantedBranch });
}

/** A branch of a trusted repository of this machine. Nothing else of that repository is visible to agents. */
export interface LocalBranch {
  /** What the agent reads as the address. */
  url: string;
  gitDir: string;
  branch: string;
}

/** Copies one branch with its history, as `cloneForAgent` copies a remote repository. */
export function cloneBranchForAgent(repository: AgentRepository, cacheDir: string, from: LocalBranch): Promise<Cloned> {
  requireMissingOrEmpty(repository.view, repository.parts);
  return cloneMirror(repository, { ...mirroredBranch(repository, cacheDir, from), wantedBranch: from.branch });
}

/** Updates `origin/*` from one branch, as `fetchForAgent` does from a remote repository. */
export function fetchBranchForAgent(
  repository: AgentRepository,
  cacheDir: string,
  from: LocalBranch,
): Promise<Fetched> {
  return fetchMirror(repository, mirroredBranch(repository, cacheDir, from));
}

function mirroredBranch(
  { signal, timeoutMs }: AgentRepository,
  cacheDir: string,
  { url, gitDir, branch }: LocalBranch,
): Mirrored {
  const mirror = mirrorOf(cacheDir, url);
  return { mirror, url, update: () => updateFromBranch(mirror, { gitDir, branch }, { signal, timeoutMs }) };
}

interface Mirrored {
  mirror: Store;
  url: string;
  /** Brings the mirror up to date. */
  update(): Promise<MirrorRefs>;
}

function cloneMirror(
  repository: AgentRepository,
  from: Mirrored & { wantedBranch: string | undefined },
): Promise<Cloned> {
  const { mirror, url } = from;
  return exclusively(
    mirror,
    async () => {
      const refs = await from.update();
      const branch = branchOf(refs, from.wantedBranch, url);
      const target = sandboxPath(repository.parts);
      await gitInSandbox({ ...repository, parts: [] }, ["init", "-q", "--template=", "--", target]);
      const settings = remoteSettings(url).map((args) => gitCommand(repository.parts, args));
      await shellInSandbox(repository, settings.join(" && "));
      // Not git's own clone, because it would refuse a folder that already contains the bundle.
      await bringObjects(repository, mirror, refs, []);
      if (branch !== null) await checkOut(repository, branch);
      const commit = branch === null ? null : (refs.branches.get(branch) ?? null);
      return { branch, commit, branches: [...refs.branches.keys()] };
    },
    repository.signal,
  );
}

const NAMED_BRANCHES = 10;

/** Returns the wanted branch, or the default branch; null when there are no commits. Throws a `WorkspaceError`. */
function branchOf(refs: MirrorRefs, wanted: string | undefined, url: string): string | null {
  if (wanted === undefined) return refs.defaultBranch;
  if (refs.branches.has(wanted)) return wanted;
  const named = [...refs.branches.keys()].slice(0, NAMED_BRANCHES).join(", ");
  const known = named ? `it has ${named}${refs.branches.size > NAMED_BRANCHES ? ", …" : ""}` : "it has none";
  throw new WorkspaceError(`There is no branch ${JSON.stringify(wanted.slice(0, 200))} at ${url}: ${known}.`);
}

/** Checks out a branch. Its name comes from the remote, so it is never a separate argument. */
async function checkOut(repository: AgentRepository, branch: string): Promise<void> {
  const steps = [
    ["config", `branch.${branch}.remote`, "origin"],
    ["config", `branch.${branch}.merge`, `refs/heads/${branch}`],
    ["symbolic-ref", "HEAD", `refs/heads/${branch}`],
    ["symbolic-ref", "refs/remotes/origin/HEAD", `refs/remotes/origin/${branch}`],
    ["reset", "-q", "--hard", `refs/remotes/origin/${branch}`],
  ];
  await shellInSandbox(repository, steps.map((args) => gitCommand(repository.parts, args)).join(" && "));
}

/** Returns the settings that git's own clone would write for this remote. */
function remoteSettings(url: string): string[][] {
  return [
    ["config", "remote.origin.url", url],
    ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"],
  ];
}

export interface Fetched {
  /** Branches that are new or moved at the remote, as `origin/<name>`. */
  updated: string[];
  /** Branches that were deleted at the remote, and now here. */
  removed: string[];
  defaultBranch: string | null;
}

/** Updates the remote's branches, as `origin/*`, and tags in the agent's repository; its own branches do not change. */
export async function fetchForAgent(
  repository: AgentRepository,
  cacheDir: string,
  options: RemoteOptions,
): Promise<Fetched> {
  const { url } = await openRemote(options);
  const mirror = mirrorOf(cacheDir, url);
  return fetchMirror(repository, { mirror, url, update: () => updateMirror(mirror, options) });
}

async function fetchMirror(repository: AgentRepository, { mirror, update }: Mirrored): Promise<Fetched> {
  const before = await remoteBranches(repository);
  return exclusively(
    mirror,
    async () => {
      const refs = await update();
      const moved = [...refs.branches].filter(([name, commit]) => before.get(name) !== commit).map(([name]) => name);
      const gone = [...before.keys()].filter((name) => name !== "HEAD" && !refs.branches.has(name));
      if (moved.length > 0) await bringObjects(repository, mirror, refs, [...before.values()]);
      const removals = gone.map((name) => `delete refs/remotes/origin/${name}`);
      await updateRefs(repository, removals);
      // By name, because a branch that moved back to a known commit is in no bundle.
      await updateRefs(
        repository,
        moved.map((name) => `update refs/remotes/origin/${name} ${refs.branches.get(name)}`),
      );
      const [updated, removed] = [moved, gone].map((names) => names.map((name) => `origin/${name}`));
      return { updated: updated ?? [], removed: removed ?? [], defaultBranch: refs.defaultBranch };
    },
    repository.signal,
  );
}

const KNOWN_MAX = 200;

async function bringObjects(
  repository: AgentRepository,
  mirror: Store,
  refs: MirrorRefs,
  before: readonly string[],
): Promise<void> {
  const git = { gitDir: mirror.gitDir, signal: repository.signal, timeoutMs: repository.timeoutMs };
  const known = await knownCommits(mirror, before.slice(0, KNOWN_MAX), git);
  const specs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  await withBundle(repository, mirror, { refs, known }, async (bundle) => {
    if (bundle !== null) await gitInSandbox(repository, ["fetch", "-q", "--no-tags", "--", bundle, ...specs]);
  });
}

/** The most updates per command, because a command's length is limited. */
const UPDATES_PER_CALL = 300;

async function updateRefs(repository: AgentRepository, updates: readonly string[]): Promise<void> {
  for (let start = 0; start < updates.length; start += UPDATES_PER_CALL) {
    const lines = updates.slice(start, start + UPDATES_PER_CALL).map((line) => `${line}\n`);
    const git = gitCommand(repository.parts, ["update-ref", "--stdin"]);
    await shellInSandbox(repository, `printf %s ${quoteForShell(lines.join(""))} | ${git}`);
  }
}

/** Name without `origin/` => commit, as the agent's repository reports it. */
async function remoteBranches(repository: AgentRepository): Promise<Map<string, string>> {
  const format = "--format=%(objectname) %(refname:lstrip=3)";
  const { stdout } = await gitInSandbox(repository, ["for-each-ref", format, "refs/remotes/origin"]);
  const branches = new Map<string, string>();
  for (const line of stdout.split("\n").filter(Boolean)) branches.set(line.slice(41), line.slice(0, 40));
  return branches;
}

/**
 * Calls `work` with the sandbox's path of a bundle of the mirror, or with null when it would be empty, and removes the
 * bundle afterwards.
 */
async function withBundle(
  repository: AgentRepository,
  mirror: Store,
  contents: { refs: MirrorRefs; known: readonly string[] },
  work: (bundle: string | null) => Promise<void>,
): Promise<void> {
  const staging = fs.mkdtempSync(path.join(path.dirname(mirror.gitDir), "bundle-"));
  const name = newTransferName();
  try {
    const file = path.join(staging, "bundle");
    const git = { gitDir: mirror.gitDir, signal: repository.signal, timeoutMs: repository.timeoutMs };
    if (!(await writeBundle(mirror, file, contents, git))) return await work(null);
    await placeTransfer(repository.view, name, file);
    await work(sandboxPath([name]));
  } finally {
    removeTransfer(repository.view, name);
    fs.rmSync(staging, { recursive: true, force: true });
  }
}
