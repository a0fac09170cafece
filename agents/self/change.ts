/**
 * Makes one commit on the running release from what an agent's folder contains. The folder is read as plain bytes, by a
 * snapshot: no git opens it, so nothing in it (hooks, filters, a file monitor, attributes, references) has an effect.
 */
import { join } from "node:path";
import { chosenOf } from "@/lib/apply/chosen";
import { handOver, IDENTITY, mergedTree } from "@/lib/apply/merged";
import { type PersonsRepository, trackedIn } from "@/lib/apply/repository";
import { git, type Scratch, treeWith, withInput, withScratch } from "@/lib/apply/scratch";
import { eachItem } from "@/lib/git/run";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { nameProblemIn, problemIn, type RawChange } from "./refused";
import type { SelfRepository } from "./repository";

export interface SelfChange {
  commit: string;
  tree: string;
  /** The commit of the running release, on which `commit` stands. */
  base: string;
  files: ChangedSource[];
}

interface ChangedSource {
  path: string;
  change: "added" | "modified" | "deleted";
  /** null: not a text. */
  additions: number | null;
  deletions: number | null;
}

interface ChangeRequest {
  repository: SelfRepository;
  /** The commit of `repository` that the folder was copied from, or that was merged into it last. */
  from: string;
  /** A snapshot of the folder. */
  snapshot: string;
  /** A folder for temporary files. */
  dir: string;
  signal?: AbortSignal;
}

interface CarryRequest extends Pick<ChangeRequest, "repository" | "dir" | "signal"> {
  /** The proposed commit. */
  commit: string;
}

/** Of a commit that is only checked. What is proposed says what it is for. */
const CHECKED = "A change that an agent checks\n";

/**
 * The same content on the same release is the same commit. Throws a `WorkspaceError` with one sentence for the agent when
 * there is nothing to propose, when the release has other versions of the same lines, and for what is refused.
 */
export async function changeIn(snapshots: SnapshotStore, request: ChangeRequest): Promise<SelfChange> {
  const { repository, from, snapshot, dir, signal } = request;
  const base = await repository.permanent();
  const target: PersonsRepository = { root: repository.gitDir, gitDir: repository.gitDir, prefix: "" };
  const { paths, submodules } = await trackedIn(target, from, signal);
  const all = await snapshots.changes(null, snapshot);
  const tracked = { isTracked: (name: string) => paths.has(name), submodules, prefix: [], rulesAbove: [] };
  const { changes, nested } = await chosenOf(snapshots, snapshot, all, tracked);
  if (nested.length > 0)
    throw new WorkspaceError(
      `The folder contains other repositories (${nested.slice(0, 3).join(", ")}): remove them, or their .git.`,
    );
  const wrongName = nameProblemIn(changes.map(({ path }) => path));
  if (wrongName !== null) throw new WorkspaceError(wrongName);
  return snapshots.withObjects((objects) => {
    const borrows = [objects, join(repository.gitDir, "objects")];
    return withScratch({ dir, borrows, signal }, async (scratch) => {
      const after = await treeWith(scratch, null, changes, "after");
      const merged = await mergedTree(scratch, { before: `${from}^{tree}`, ours: base, after });
      if ("conflicts" in merged) throw conflictIn(merged.conflicts, base);
      const files = await filesIn(scratch, base, merged.tree);
      const commit = await commitOn(scratch, base, merged.tree);
      await handOver(scratch, target, commit, [base]);
      return { commit, tree: merged.tree, base, files };
    });
  });
}

/**
 * Puts a commit that was proposed on an earlier release on the one that runs. The same commit on the same release is the
 * same commit. Throws a `WorkspaceError` with one sentence when it does not fit.
 */
export async function carriedIn({ repository, commit, dir, signal }: CarryRequest): Promise<SelfChange> {
  const base = await repository.permanent();
  const target: PersonsRepository = { root: repository.gitDir, gitDir: repository.gitDir, prefix: "" };
  return withScratch({ dir, borrows: [join(repository.gitDir, "objects")], signal }, async (scratch) => {
    const sides = { before: `${commit}^1^{tree}`, ours: base, after: `${commit}^{tree}` };
    const merged = await mergedTree(scratch, sides);
    if ("conflicts" in merged)
      throw new WorkspaceError(`The release that runs has other versions of ${namesOf(merged.conflicts)}.`);
    const files = await filesIn(scratch, base, merged.tree);
    const carried = await commitOn(scratch, base, merged.tree);
    await handOver(scratch, target, carried, [base]);
    return { commit: carried, tree: merged.tree, base, files };
  });
}

function namesOf(paths: readonly string[]): string {
  return `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ` and ${paths.length - 5} more` : ""}`;
}

function conflictIn(paths: readonly string[], base: string): WorkspaceError {
  return new WorkspaceError(
    `Banyan has changed, and has other versions of ${namesOf(paths)}: commit your work, run \`git merge origin/permanent\` (check_change has fetched it), resolve the conflicts, then check and propose with base ${base}.`,
  );
}

/** Throws a `WorkspaceError` for a change that may not be proposed. */
async function filesIn(scratch: Scratch, base: string, tree: string): Promise<ChangedSource[]> {
  const raw: RawChange[] = [];
  await eachPair(scratch, ["diff-tree", "-r", "-z", "--raw", "--no-renames", base, tree], (head, path) => {
    const [, mode = "", , , status = ""] = head.split(" ");
    raw.push({ path, mode, change: status === "A" ? "added" : status === "D" ? "deleted" : "modified" });
  });
  if (raw.length === 0)
    throw new WorkspaceError("There is nothing to propose: the folder is as the release that runs.");
  const lines = new Map<string, [number | null, number | null]>();
  await eachItem(["diff-tree", "-r", "-z", "--numstat", "--no-renames", base, tree], scratch, (item) => {
    const [added = "", deleted = "", ...path] = item.split("\t");
    lines.set(path.join("\t"), [countOf(added), countOf(deleted)]);
  });
  const files = raw.map(({ path, change }): ChangedSource => {
    const [additions = null, deletions = null] = lines.get(path) ?? [];
    return { path, change, additions, deletions };
  });
  const names: string[] = [];
  await eachItem(["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree], scratch, (name) => names.push(name));
  const changedLines = files.reduce((sum, file) => sum + (file.additions ?? 0) + (file.deletions ?? 0), 0);
  const problem = problemIn({ changes: raw, names, changedLines });
  if (problem !== null) throw new WorkspaceError(problem);
  return files;
}

function countOf(text: string): number | null {
  return text === "-" ? null : Number(text);
}

/** Calls `take` with each item and the one after it, as `--raw -z` prints a change and its path. */
async function eachPair(scratch: Scratch, args: string[], take: (first: string, second: string) => void) {
  let first: string | null = null;
  await eachItem(args, scratch, (item) => {
    if (first === null) first = item;
    else {
      take(first, item);
      first = null;
    }
  });
}

async function commitOn(scratch: Scratch, base: string, tree: string): Promise<string> {
  const moment = await git(scratch, ["show", "-s", "--format=%ct +0000", base]);
  const env = { ...IDENTITY, GIT_AUTHOR_DATE: moment, GIT_COMMITTER_DATE: moment };
  return withInput(scratch, CHECKED, (inputFd) =>
    git(scratch, ["commit-tree", tree, "-p", base, "-F", "-"], { env, inputFd }),
  );
}
