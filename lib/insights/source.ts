/** A repository of a folder as git reads it here: its objects are borrowed, and none of its settings apply. */
import fs from "node:fs";
import path from "node:path";
import { withScratch } from "../apply/scratch";
import { runGit } from "../git/run";
import { WorkspaceError } from "../workspace/path";
import { readPlainFile } from "../workspace/plain-file";

export interface Source {
  /** A trusted bare repository. */
  gitDir: string;
  commit: string;
}

const MOST_REF_BYTES = 50_000_000;

/**
 * Calls `work` with the repository of a folder, at a commit, at the end of a branch, or at what is checked out there.
 * Throws a `WorkspaceError` with one sentence.
 */
export async function withFolder<Result>(
  root: string,
  { branch, commit: wanted, dir, signal }: { branch: string | null; commit?: string; dir: string; signal: AbortSignal },
  work: (source: Source) => Promise<Result>,
): Promise<Result> {
  const own = path.join(root, ".git");
  const stat = fs.lstatSync(own, { throwIfNoEntry: false });
  if (stat === undefined) throw new WorkspaceError(`${root} is no git repository: run \`git init\` there and commit.`);
  const objects = path.join(own, "objects");
  if (!stat.isDirectory() || !fs.lstatSync(objects, { throwIfNoEntry: false })?.isDirectory())
    throw new WorkspaceError(
      `${own} points to another place, which Banyan does not follow: add the repository itself.`,
    );
  if (fs.lstatSync(path.join(objects, "info", "alternates"), { throwIfNoEntry: false }))
    throw new WorkspaceError(
      `${root} borrows objects of another repository, which Banyan does not follow: clone it in full.`,
    );
  const commit = wanted ?? commitIn(own, branch);
  if (commit === null)
    throw new WorkspaceError(
      branch === null ? `${root} has no commit yet: commit something first.` : `${root} has no branch ${branch}.`,
    );
  return withScratch({ dir, borrows: [objects], signal }, async ({ gitDir }) => {
    // What git may not read as history is told by this file.
    const shallow = path.join(own, "shallow");
    if (fs.lstatSync(shallow, { throwIfNoEntry: false })?.isFile())
      fs.copyFileSync(shallow, path.join(gitDir, "shallow"));
    await runGit(["cat-file", "-e", `${commit}^{commit}`], { gitDir, signal });
    return work({ gitDir, commit });
  });
}

const ID = /^[0-9a-f]{40}\s*$/;

/** Returns the commit of HEAD or of a branch in a folder of git; null: there is none. Read without git because git obeys files of the folder. */
export function commitIn(own: string, branch: string | null): string | null {
  if (branch !== null) return refIn(own, `refs/heads/${branch}`);
  const head = textOf(path.join(own, "HEAD"));
  if (ID.test(head)) return head.trim();
  const ref = /^ref: (refs\/heads\/[^\s]{1,500})\s*$/.exec(head)?.[1];
  return ref === undefined ? null : refIn(own, ref);
}

function refIn(own: string, ref: string): string | null {
  if (ref.split("/").some((part) => part === "" || part === "." || part === "..")) return null;
  const loose = textOf(path.join(own, ref));
  if (ID.test(loose)) return loose.trim();
  for (const line of textOf(path.join(own, "packed-refs")).split("\n"))
    if (line.endsWith(` ${ref}`) && ID.test(line.slice(0, 40))) return line.slice(0, 40);
  return null;
}

/** Returns an empty text for anything but a regular file. */
function textOf(file: string): string {
  return readPlainFile(file, MOST_REF_BYTES)?.toString("utf8") ?? "";
}
