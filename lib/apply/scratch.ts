/** A bare repository for one operation. It borrows objects, so nothing is copied, and no repository's settings apply. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type GitOptions, runGit } from "../git/run";
import type { ChangedPath, ChangedSide } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";

export interface Scratch {
  gitDir: string;
  signal?: AbortSignal;
}

/** Runs `work` with a scratch repository in `dir`, and removes it afterwards. */
export async function withScratch<Result>(
  { dir, borrows, signal }: { dir: string; borrows: readonly string[]; signal?: AbortSignal },
  work: (scratch: Scratch) => Promise<Result>,
): Promise<Result> {
  const broken = borrows.find((folder) => folder.includes("\n"));
  if (broken !== undefined)
    throw new WorkspaceError(`The folder ${JSON.stringify(broken)} has a line break in its name; rename it.`);
  const gitDir = path.join(dir, `apply-${randomBytes(6).toString("hex")}`);
  fs.mkdirSync(gitDir, { recursive: true, mode: 0o700 });
  try {
    await runGit(["init", "--bare", "--quiet", "--template=", "--object-format=sha1", gitDir], { gitDir, signal });
    fs.mkdirSync(path.join(gitDir, "objects", "info"), { recursive: true });
    fs.writeFileSync(path.join(gitDir, "objects", "info", "alternates"), borrows.map((store) => `${store}\n`).join(""));
    return await work({ gitDir, signal });
  } finally {
    fs.rmSync(gitDir, { recursive: true, force: true });
  }
}

export async function git(scratch: Scratch, args: readonly string[], more: Partial<GitOptions> = {}): Promise<string> {
  return (await runGit(args, { ...scratch, ...more })).trim();
}

/**
 * Returns a tree: `onto` (null: the empty tree) with the changed paths as they were before or after. `prefix` goes
 * before each path.
 */
export async function treeWith(
  scratch: Scratch,
  onto: string | null,
  changes: readonly ChangedPath[],
  side: "before" | "after",
  prefix = "",
): Promise<string> {
  const env = { GIT_INDEX_FILE: indexOf(scratch, side) };
  await git(scratch, onto === null ? ["read-tree", "--empty"] : ["read-tree", onto], { env });
  const lines = changes.map((change) => `${entryOf(change[side])}\t${prefix}${change.path}\0`);
  // Removals first, so that a file can take the place of a folder, and the other way round.
  await withInput(scratch, lines.sort().join(""), (inputFd) =>
    git(scratch, ["update-index", "-z", "--index-info"], { env, inputFd }),
  );
  return git(scratch, ["write-tree"], { env });
}

/** The index of the last tree of this side. */
export const indexOf = ({ gitDir }: Scratch, side: "before" | "after") => path.join(gitDir, `index-${side}`);

const NOTHING = `0 ${"0".repeat(40)}`;
const entryOf = (side: ChangedSide | null) => (side === null ? NOTHING : `${side.mode} ${side.oid}`);

export async function withInput<Result>(
  { gitDir }: Scratch,
  text: string,
  work: (fd: number) => Promise<Result>,
): Promise<Result> {
  const file = path.join(gitDir, "input");
  fs.writeFileSync(file, text);
  const fd = fs.openSync(file, "r");
  try {
    return await work(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Stores a content as it is, and resolves with its name. */
export async function stored(scratch: Scratch, content: Buffer): Promise<string> {
  const file = path.join(scratch.gitDir, "content");
  fs.writeFileSync(file, content);
  const inputFd = fs.openSync(file, "r");
  try {
    return await git(scratch, ["hash-object", "-w", "--no-filters", "--stdin"], { inputFd });
  } finally {
    fs.closeSync(inputFd);
  }
}
