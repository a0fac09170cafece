/** Merges trees in a scratch repository, and gives the resulting commit to another repository. */
import fs from "node:fs";
import path from "node:path";
import { GitError } from "../git/run";
import { gitIn, type PersonsRepository } from "./repository";
import { git, type Scratch, withInput } from "./scratch";

export const IDENTITY = {
  GIT_AUTHOR_NAME: "Banyan",
  GIT_AUTHOR_EMAIL: "banyan@localhost",
  GIT_COMMITTER_NAME: "Banyan",
  GIT_COMMITTER_EMAIL: "banyan@localhost",
};

/** Three-way merge: what changed from `before` to `after`, on `ours`. `before` and `after` are trees, `ours` is a commit. */
export async function mergedTree(
  scratch: Scratch,
  { before, ours, after }: { before: string; ours: string; after: string },
): Promise<{ tree: string } | { conflicts: string[] }> {
  const commit = async (tree: string, ...parents: string[]) =>
    git(scratch, ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", "-"], { env: IDENTITY });
  const base = await commit(before);
  const left = await commit(`${ours}^{tree}`, base);
  const right = await commit(after, base);
  const merged = await mergedWith(scratch, left, right);
  return merged.conflicts.length === 0 ? { tree: merged.tree } : { conflicts: merged.conflicts };
}

/** Merges two commits into a tree. In files that contradict each other it holds both sides, between markers. */
export async function mergedWith(
  scratch: Scratch,
  ours: string,
  theirs: string,
): Promise<{ tree: string; conflicts: string[] }> {
  const said: Buffer[] = [];
  const onOutput = (chunk: Buffer) => {
    said.push(Buffer.from(chunk));
    return undefined;
  };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs];
  const failure = await git(scratch, args, { onOutput }).then(
    () => null,
    (error: unknown) => error,
  );
  const [tree = "", ...conflicts] = Buffer.concat(said).toString("utf8").split("\0").filter(Boolean);
  if (failure === null) return { tree, conflicts: [] };
  if (!(failure instanceof GitError) || conflicts.length === 0) throw failure;
  return { tree, conflicts };
}

/** Gives the commit and what it needs to the repository, as one pack. */
export async function handOver(
  scratch: Scratch,
  repository: PersonsRepository,
  commit: string,
  known: readonly string[],
): Promise<void> {
  const pack = path.join(scratch.gitDir, "pack");
  const out = fs.openSync(pack, "w", 0o600);
  try {
    await withInput(scratch, `${[commit, ...known.map((one) => `^${one}`)].join("\n")}\n`, (inputFd) =>
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
