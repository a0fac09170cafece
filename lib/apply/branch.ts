/**
 * Creates a branch in a person's repository with what a tree changed, as one commit on top of HEAD. The work tree and
 * the index stay as they are. The commit is made in a scratch repository, because settings and attributes of a
 * repository can name programs; the repository itself only receives objects and one reference.
 */
import fs from "node:fs";
import path from "node:path";
import { GitError } from "../git/run";
import type { SnapshotStore } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { chosenOf } from "./chosen";
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
const IDENTITY = {
  GIT_AUTHOR_NAME: "Banyan",
  GIT_AUTHOR_EMAIL: "banyan@localhost",
  GIT_COMMITTER_NAME: "Banyan",
  GIT_COMMITTER_EMAIL: "banyan@localhost",
};

/** Throws a `WorkspaceError` with one sentence, and then has created nothing. */
export async function createBranchWith(snapshots: SnapshotStore, request: BranchRequest): Promise<NewBranch> {
  const { repository, from, to, branch, dir, signal } = request;
  const onto = await headOf(repository, signal);
  await requireFreeBranch(repository, branch);
  const { paths, submodules } = await trackedIn(repository, onto.commit, signal);
  const all = await snapshots.changes(from, to);
  const prefix = repository.prefix.split("/").filter(Boolean);
  const rulesAbove = rulesAboveOf(repository);
  const tracked = { isTracked: (name: string) => paths.has(name), submodules, prefix, rulesAbove };
  const { changes, ignored, nested } = await chosenOf(snapshots, to, all, tracked);
  return snapshots.withObjects((objects) => {
    const borrows = [objects, path.join(repository.gitDir, "objects")];
    return withScratch({ dir, borrows, signal }, async (scratch) => {
      const before = await treeWith(scratch, onto.commit, changes, "before", repository.prefix);
      const after = await treeWith(scratch, onto.commit, changes, "after", repository.prefix);
      const merged = await mergedTree(scratch, { before, ours: onto.commit, after });
      const files = await changedFiles(scratch, onto.commit, merged);
      if (files === 0) throw nothingToApply(all.length, ignored, onto);
      const commit = await withInput(scratch, request.message, (inputFd) =>
        git(scratch, ["commit-tree", merged, "-p", onto.commit, "-F", "-"], { env: IDENTITY, inputFd }),
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

async function mergedTree(
  scratch: Scratch,
  { before, ours, after }: { before: string; ours: string; after: string },
): Promise<string> {
  const commit = async (tree: string, ...parents: string[]) =>
    git(scratch, ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", "-"], { env: IDENTITY });
  const base = await commit(before);
  const left = await commit(`${ours}^{tree}`, base);
  const right = await commit(after, base);
  const said: Buffer[] = [];
  const onOutput = (chunk: Buffer) => {
    said.push(Buffer.from(chunk));
    return undefined;
  };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", left, right];
  const failure = await git(scratch, args, { onOutput }).then(
    () => null,
    (error: unknown) => error,
  );
  const [tree = "", ...conflicts] = Buffer.concat(said).toString("utf8").split("\0").filter(Boolean);
  if (failure === null) return tree;
  if (!(failure instanceof GitError) || conflicts.length === 0) throw failure;
  throw conflictIn(conflicts);
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

/** Gives the commit and what it needs to the repository, as one pack. */
async function handOver(scratch: Scratch, repository: PersonsRepository, commit: string, known: string): Promise<void> {
  const pack = path.join(scratch.gitDir, "pack");
  const out = fs.openSync(pack, "w", 0o600);
  try {
    await withInput(scratch, `${commit}\n^${known}\n`, (inputFd) =>
      git(scratch, ["pack-objects", "--quiet", "--revs", "--stdout"], {
        inputFd,
        onOutput(chunk) {
          for (let done = 0; done < chunk.length; ) done += fs.writeSync(out, chunk, done);
          return undefined;
        },
      }),
    );
  } finally {
    fs.closeSync(out);
  }
  const input = fs.openSync(pack, "r");
  try {
    await gitIn(repository, ["index-pack", "--stdin", "--strict"], { inputFd: input, signal: scratch.signal });
  } finally {
    fs.closeSync(input);
  }
}
