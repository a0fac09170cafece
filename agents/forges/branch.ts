/** The branch of an issue at the forge: made of what its tree changed, through a copy of the repository in the cache. */
import { join } from "node:path";
import { scratchDir } from "@/agents/files/patch";
import { pullTitle } from "@/core/forges/texts";
import type { StoredIssue } from "@/db/forges/stored";
import { commitWith, mergeWith } from "@/lib/apply/commit";
import { hasFilesOf } from "@/lib/apply/same-files";
import { type MirrorRefs, mirrorOf, updateMirror } from "@/lib/git/mirror";
import { pushCommit } from "@/lib/git/push";
import { openRemote, PushRefused, type RemoteOptions } from "@/lib/git/remote";
import { requireAllowedBranch, requireInScope } from "@/lib/git/rules";
import { eachItem, type GitOptions, runGit } from "@/lib/git/run";
import { exclusively } from "@/lib/git/store";
import { SnapshotGone } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Look } from "./sources";

const TIMEOUT_MS = 10 * 60_000;
const MOST_DIFF_BYTES = 16 * 1024 * 1024;

/** The branch as it is at the forge now. */
export interface Pushed {
  head: string;
  base: string;
  baseHead: string;
  /** Of the copy that has both commits. */
  gitDir: string;
  /** What the branch changes of the base. */
  paths: string[];
  /** Whether its files are those of the tree's folder: nothing that came to the base or the branch meanwhile is among them. */
  isAsInTree: boolean;
}

/** A delivery that needs a person, as one sentence. */
export class Undeliverable extends Error {
  override name = "Undeliverable";
}

/** Whether only a person can settle it. All other faults of git and of this machine pass, so the next look tries again. */
export function isUndeliverable(error: unknown): error is Error {
  return error instanceof Undeliverable || error instanceof PushRefused || error instanceof SnapshotGone;
}

/** Calls a check of the rules that people have set, whose refusals they settle. */
function byRules(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof WorkspaceError ? new Undeliverable(error.message) : error;
  }
}

/** The copy of the forge's repository, as the forge has it now. */
interface Copy extends MirrorRefs {
  git: GitOptions;
  repository: { root: string; gitDir: string; prefix: "" };
  remote: RemoteOptions;
}

/** Calls `work` with the copy; nothing else changes it meanwhile. */
function withCopy<Result>(look: Look, work: (copy: Copy) => Promise<Result>): Promise<Result> {
  const { link, signal, tokenOf, privateHosts } = look;
  const mirror = mirrorOf(join(look.dataDir, "cache", `forge-${link.projectId}`), link.cloneUrl);
  const token = tokenOf(link.host);
  const remote: RemoteOptions = {
    url: link.cloneUrl,
    privateHosts,
    credential: token === null ? null : { token },
    timeoutMs: TIMEOUT_MS,
    signal,
  };
  const { gitDir } = mirror;
  const copy = {
    git: { gitDir, signal, timeoutMs: TIMEOUT_MS },
    repository: { root: gitDir, gitDir, prefix: "" as const },
    remote,
  };
  return exclusively(mirror, async () => work({ ...copy, ...(await updateMirror(mirror, remote)) }), signal);
}

/** Brings the branch at the forge to what the snapshot holds. Throws what is undeliverable, and WorkspaceErrors that pass. */
export function pushBranch(
  look: Look,
  issue: StoredIssue,
  { start, snapshot, title }: { start: string | null; snapshot: string; title: string },
): Promise<Pushed> {
  const { signal, files } = look;
  return withCopy(look, async ({ git, repository, remote, branches, defaultBranch }) => {
    const base = issue.base ?? look.into ?? defaultBranch;
    const baseHead = base === null ? undefined : branches.get(base);
    if (base === null || baseHead === undefined)
      throw new Undeliverable(`The repository has no branch ${base ?? "at all"} to which the change could go.`);
    byRules(() => requireAllowedBranch(issue.branch, look.gitRules));
    const there = branches.get(issue.branch);
    const cause = issue.cycle === null ? `Banyan-Issue: ${issue.url}` : `Banyan-Cycle: ${issue.cycle}`;
    const message = `${pullTitle(issue)}\n\nBanyan-Tree: ${issue.tree}\n${cause}\n`;
    const shared = { repository, message, dir: scratchDir(look), signal };
    let onto = there ?? baseHead;
    if (there !== undefined && issue.seen.includes(conflictKey(baseHead))) {
      const merged = await mergeWith(files, { ...shared, ours: there, theirs: baseHead, settled: snapshot });
      if ("commit" in merged) onto = merged.commit;
    }
    const from = there === undefined ? start : (issue.snapshot ?? start);
    const made = await commitWith(files, { ...shared, onto, from, to: snapshot });
    if ("conflicts" in made)
      throw new Undeliverable(
        `The branch ${there === undefined ? base : issue.branch} has other versions of ${made.conflicts.slice(0, 5).join(", ")}: somebody changed it meanwhile.`,
      );
    const head = made.commit ?? onto;
    if (there === undefined && made.commit === null)
      throw new Undeliverable(`The branch ${base} has everything already that “${title}” changed.`);
    if (head !== there) {
      await checkContent(look, git, { from: there ?? baseHead, to: head });
      const expected = there ?? "";
      const opened = await openRemote(remote);
      look.requireWanted();
      await pushCommit(opened, { branch: issue.branch, commit: head, expected }, git);
    }
    return {
      head,
      base,
      baseHead,
      gitDir: repository.gitDir,
      paths: await pathsBetween(git, baseHead, head),
      isAsInTree: await hasFilesOf(files, { repository, onto: head, to: snapshot, signal }),
    };
  });
}

/** Returns what marks that the tree was asked to settle the contradictions to this commit of the base. */
export function conflictKey(baseHead: string): string {
  return `${CONFLICT}${baseHead}`;
}

const CONFLICT = "conflict ";

export function isConflictKey(id: string): boolean {
  return id.startsWith(CONFLICT);
}

/** Resolves with the newest commit of the base, and the files in which the branch contradicts it. */
export function conflictsWithBase(
  look: Look,
  issue: StoredIssue,
): Promise<{ baseHead: string; conflicts: string[] } | null> {
  const { signal, files } = look;
  return withCopy(look, async ({ repository, branches }) => {
    const [ours, theirs] = [branches.get(issue.branch), issue.base === null ? undefined : branches.get(issue.base)];
    if (ours === undefined || theirs === undefined) return null;
    const message = `Merge branch '${issue.base}' into ${issue.branch}\n`;
    const request = { repository, ours, theirs, settled: null, message, dir: scratchDir(look), signal };
    const merged = await mergeWith(files, request);
    return { baseHead: theirs, conflicts: "conflicts" in merged ? merged.conflicts : [] };
  });
}

/** Throws when the change leaves the folders that agents may change, or adds what looks like a key. */
async function checkContent(look: Look, git: GitOptions, { from, to }: { from: string; to: string }): Promise<void> {
  const paths: string[] = [];
  const quiet = ["--no-ext-diff", "--no-textconv", "--no-renames"];
  await eachItem(["diff", ...quiet, "--name-only", "-z", from, to, "--"], git, (path) => void paths.push(path));
  byRules(() => requireInScope(paths, look.gitRules));
  // The attributes of the mirror make every file binary, and of those a diff shows nothing.
  const added = (await diffOf(git, ["diff", ...quiet, "--text", "-U0", from, to, "--"]))
    .split("\n")
    .filter((line) => line.startsWith("+") && !line.startsWith("+++ "))
    .join("\n");
  if (look.redact(added) !== added)
    throw new Undeliverable(
      "The change adds what looks like a key or a password, so it was not pushed: look at it in the tree.",
    );
}

/** Throws Undeliverable where it is too long to be looked through. */
async function diffOf(git: GitOptions, args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onOutput = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_DIFF_BYTES) return "git's output was too large and git was ended.";
    chunks.push(chunk);
    return undefined;
  };
  try {
    await runGit(args, { ...git, onOutput });
  } catch (error) {
    if (bytes <= MOST_DIFF_BYTES) throw error;
    throw new Undeliverable("The change has more than 16 MB, too much to look for keys in it: apply it by hand.");
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function pathsBetween(git: GitOptions, from: string, to: string): Promise<string[]> {
  const paths: string[] = [];
  const quiet = ["--no-ext-diff", "--no-textconv", "--no-renames"];
  const args = ["diff", ...quiet, "--name-only", "-z", `${from}...${to}`, "--"];
  await eachItem(args, git, (path) => void paths.push(path));
  return paths;
}
