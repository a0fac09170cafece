/**
 * Creates a branch in a person's repository with what a tree changed, as one commit on top of HEAD. The work tree and
 * the index stay as they are. The commit is made in a scratch repository, because settings and attributes of a
 * repository can name programs; the repository itself only receives objects and one reference.
 */
import path from "node:path";
import type { SnapshotStore } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { chosenOf } from "./chosen";
import { LEFTOVERS } from "./left-out";
import { handOver, IDENTITY, mergedTree } from "./merged";
import {
  gitIn,
  type Head,
  headOf,
  type PersonsRepository,
  requireFreeBranch,
  rulesAboveOf,
  trackedIn,
} from "./repository";
import { git, type Scratch, treeWith, withInput, withScratch } from "./scratch";

export interface BranchRequest {
  repository: PersonsRepository;
  /** Snapshots of the folder before and after the tree. */
  from: string | null;
  to: string;
  branch: string;
  message: string;
  /** A folder of the server for temporary files. */
  dir: string;
  signal?: AbortSignal;
}

export interface NewBranch {
  branch: string;
  commit: string;
  /** The commit and branch that it starts from. */
  onto: Head;
  files: number;
  ignored: number;
  nested: string[];
}

const MOST_NAMED = 5;

/** Throws a `WorkspaceError` with one sentence, and then has created nothing. */
export async function createBranchWith(snapshots: SnapshotStore, request: BranchRequest): Promise<NewBranch> {
  const { repository, from, to, branch, dir, signal } = request;
  const onto = await headOf(repository, signal);
  await requireFreeBranch(repository, branch);
  const { paths, submodules } = await trackedIn(repository, onto.commit, signal);
  const all = await snapshots.changes(from, to);
  const prefix = repository.prefix.split("/").filter(Boolean);
  const rulesAbove = [LEFTOVERS, ...rulesAboveOf(repository)];
  const tracked = { isTracked: (name: string) => paths.has(name), submodules, prefix, rulesAbove };
  const { changes, ignored, nested } = await chosenOf(snapshots, to, all, tracked);
  return snapshots.withObjects((objects) => {
    const borrows = [objects, path.join(repository.gitDir, "objects")];
    return withScratch({ dir, borrows, signal }, async (scratch) => {
      const before = await treeWith(scratch, onto.commit, changes, "before", repository.prefix);
      const after = await treeWith(scratch, onto.commit, changes, "after", repository.prefix);
      const merged = await mergedTree(scratch, { before, ours: onto.commit, after });
      if ("conflicts" in merged) throw conflictIn(merged.conflicts);
      const files = await changedFiles(scratch, onto.commit, merged.tree);
      if (files === 0) throw nothingToApply(all.length, ignored, onto);
      const commit = await withInput(scratch, request.message, (inputFd) =>
        git(scratch, ["commit-tree", merged.tree, "-p", onto.commit, "-F", "-"], { env: IDENTITY, inputFd }),
      );
      await handOver(scratch, repository, commit, onto.commit);
      await gitIn(repository, ["update-ref", `refs/heads/${branch}`, commit, "0".repeat(40)], { signal });
      return { branch, commit, onto, files, ignored, nested };
    });
  });
}

function nothingToApply(changed: number, ignored: number, { branch, commit }: Head): WorkspaceError {
  if (changed === 0) return new WorkspaceError("Nothing to apply: the tree changed no files.");
  if (ignored === changed)
    return new WorkspaceError("Nothing to apply: .gitignore leaves out every file that the tree changed.");
  return new WorkspaceError(
    `Nothing to apply: ${branch ?? commit.slice(0, 12)} already has everything that the tree changed.`,
  );
}

function conflictIn(paths: readonly string[]): WorkspaceError {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  const named = paths.slice(0, MOST_NAMED).join(", ");
  return new WorkspaceError(
    `No branch was created: the last commit has other versions of ${named}${more}. Commit your own changes of ${paths.length === 1 ? "this file" : "these files"} first, or download the patch.`,
  );
}

async function changedFiles(scratch: Scratch, from: string, to: string): Promise<number> {
  const output = await git(scratch, ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to], {
    maxOutputBytes: 64 * 1024 * 1024,
  });
  return output.split("\0").filter(Boolean).length;
}
