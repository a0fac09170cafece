/** Clone and fetch for an agent: the host talks to the remote, the sandbox takes what came into the agent's repository. */
import fs from "node:fs";
import path from "node:path";
import { requireMissingOrEmpty } from "./clone-repository";
import { knownCommits, type MirrorRefs, mirrorOf, updateMirror, writeBundle } from "./mirror";
import { openRemote, type RemoteOptions } from "./remote";
import { type AgentRepository, gitCommand, gitInSandbox, quoteForShell, sandboxPath, shellInSandbox } from "./sandbox-git";
import { exclusively, type Store } from "./store";
import { newTransferName, placeTransfer, removeTransfer } from "./transfer";

export interface Cloned {
  /** The branch that is checked out; null when the remote has no commits. */
  branch: string | null;
  commit: string | null;
  branches: string[];
}

/** Copies a remote repository, with its history, into a folder of the workspace that is missing or empty. */
export async function cloneForAgent(
  repository: AgentRepository,
  cacheDir: string,
  options: RemoteOptions,
): Promise<Cloned> {
  requireMissingOrEmpty(repository.view, repository.parts);
  const { url } = await openRemote(options);
  const mirror = mirrorOf(cacheDir, url);
  return exclusively(mirror, async () => {
    const refs = await updateMirror(mirror, options);
    const target = sandboxPath(repository.parts);
    // The folder is made by git itself, which would otherwise be asked to work in one that is not there.
    const above = { ...repository, parts: [] };
    await withBundle(above, mirror, [], async (bundle) => {
      const from = bundle === null ? ["init", "-q", "--template=", "--", target] : clone(bundle, target);
      await gitInSandbox(above, from);
    });
    const remote = bundleRemote(url);
    await shellInSandbox(repository, remote.map((args) => gitCommand(repository.parts, args)).join(" && "));
    const commit = refs.defaultBranch === null ? null : (refs.branches.get(refs.defaultBranch) ?? null);
    return { branch: refs.defaultBranch, commit, branches: [...refs.branches.keys()] };
  });
}

function clone(bundle: string, target: string): string[] {
  return ["clone", "-q", "--template=", "--no-recurse-submodules", "--", bundle, target];
}

/** The remote under its own address, as a clone that git had made from there. */
function bundleRemote(url: string): string[][] {
  return [
    ["config", "remote.origin.url", url],
    ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"],
  ];
}

export interface Fetched {
  /** Branches of the remote that are new here or moved, as `origin/<name>`. */
  updated: string[];
  defaultBranch: string | null;
}

/** Brings the remote's branches, as `origin/*`, and tags up to date in the agent's repository; its own branches stay. */
export async function fetchForAgent(
  repository: AgentRepository,
  cacheDir: string,
  options: RemoteOptions,
): Promise<Fetched> {
  const before = await remoteBranches(repository);
  const { url } = await openRemote(options);
  const mirror = mirrorOf(cacheDir, url);
  return exclusively(mirror, async () => {
    const refs = await updateMirror(mirror, options);
    const moved = [...refs.branches].filter(([name, commit]) => before.get(name) !== commit).map(([name]) => name);
    if (moved.length > 0) await bringOver(repository, mirror, refs, [...before.values()]);
    return { updated: moved.map((name) => `origin/${name}`), defaultBranch: refs.defaultBranch };
  });
}

const KNOWN_MAX = 200;

async function bringOver(
  repository: AgentRepository,
  mirror: Store,
  refs: MirrorRefs,
  before: readonly string[],
): Promise<void> {
  const git = { gitDir: mirror.gitDir, signal: repository.signal, timeoutMs: repository.timeoutMs };
  const known = await knownCommits(mirror, before.slice(0, KNOWN_MAX), git);
  const specs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  await withBundle(repository, mirror, known, async (bundle) => {
    if (bundle !== null) await gitInSandbox(repository, ["fetch", "-q", "--no-tags", "--", bundle, ...specs]);
  });
  // A branch that went back to a commit which is already here is in no bundle.
  const moves = [...refs.branches].filter(([, commit]) => known.includes(commit));
  const updates = moves.map(([name, commit]) => `update refs/remotes/origin/${name} ${commit}\n`).join("");
  if (updates === "") return;
  const command = `printf %s ${quoteForShell(updates)} | ${gitCommand(repository.parts, ["update-ref", "--stdin"])}`;
  await shellInSandbox(repository, command);
}

/** Name without `origin/` => commit, as the agent's repository says. */
async function remoteBranches(repository: AgentRepository): Promise<Map<string, string>> {
  const format = "--format=%(objectname) %(refname:lstrip=3)";
  const { stdout } = await gitInSandbox(repository, ["for-each-ref", format, "refs/remotes/origin"]);
  const branches = new Map<string, string>();
  for (const line of stdout.split("\n").filter(Boolean)) branches.set(line.slice(41), line.slice(0, 40));
  return branches;
}

/** Gives `work` the sandbox's path of a bundle of the mirror, or null when it would be empty, and removes it afterwards. */
async function withBundle(
  repository: AgentRepository,
  mirror: Store,
  known: readonly string[],
  work: (bundle: string | null) => Promise<void>,
): Promise<void> {
  const staging = fs.mkdtempSync(path.join(path.dirname(mirror.gitDir), "bundle-"));
  const name = newTransferName();
  try {
    const file = path.join(staging, "bundle");
    const git = { gitDir: mirror.gitDir, signal: repository.signal, timeoutMs: repository.timeoutMs };
    if (!(await writeBundle(mirror, file, known, git))) return await work(null);
    await placeTransfer(repository.view, name, file);
    await work(sandboxPath([name]));
  } finally {
    removeTransfer(repository.view, name);
    fs.rmSync(staging, { recursive: true, force: true });
  }
}
