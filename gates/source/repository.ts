/** Finds a person's repository and its commits. Git only reads refs here and runs no program that the repository names. */
import fs from "node:fs";
import path from "node:path";
import { GatesError } from "@/gates/model/errors";
import { GitError, runGit } from "@/lib/git/run";
import { serverIsRoot } from "@/lib/process/tools-identity";

export interface Repository {
  root: string;
  /** Holds HEAD and the refs. */
  gitDir: string;
  /** Holds the objects; in a linked worktree another folder than `gitDir`. */
  objects: string;
  /** The text of `info/exclude`: ignore rules outside the repository's own files. */
  exclude: string;
}

/** Returns the repository that the folder is in. Throws a `GatesError`. */
export function findRepository(folder: string): Repository {
  const start = realFolder(folder);
  for (let root = start; ; root = path.dirname(root)) {
    const gitDir = gitDirOf(root);
    if (gitDir) {
      const common = commonDirOf(gitDir);
      return { root, gitDir, objects: path.join(common, "objects"), exclude: excludeIn(common) };
    }
    if (root === path.dirname(root)) break;
  }
  throw new GatesError(`${folder} is not in a git repository; name a folder of a repository.`);
}

function realFolder(folder: string): string {
  try {
    const real = fs.realpathSync(folder);
    if (fs.statSync(real).isDirectory()) return real;
  } catch {
    // The error below says it.
  }
  throw new GatesError(`There is no folder ${folder}; name a folder of a git repository.`);
}

function gitDirOf(root: string): string | null {
  const own = path.join(root, ".git");
  const stat = fs.lstatSync(own, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return own;
  if (!stat?.isFile()) return null;
  // A linked worktree or a submodule: the file names the folder.
  const named = /^gitdir: (.+)\s*$/.exec(fs.readFileSync(own, "utf8"))?.[1];
  const folder = named && path.resolve(root, named.trim());
  return folder && fs.existsSync(path.join(folder, "HEAD")) ? folder : null;
}

function commonDirOf(gitDir: string): string {
  const file = path.join(gitDir, "commondir");
  return fs.existsSync(file) ? path.resolve(gitDir, fs.readFileSync(file, "utf8").trim()) : gitDir;
}

function excludeIn(common: string): string {
  try {
    return fs.readFileSync(path.join(common, "info", "exclude"), "utf8");
  } catch {
    return "";
  }
}

/** Returns the id of the commit that `revision` names. Throws a `GatesError`. */
export async function commitOf(repository: Repository, revision: string): Promise<string> {
  if ((await ask(repository, ["rev-parse", "--show-object-format"])) !== "sha1")
    throw new GatesError(`The repository ${repository.root} uses SHA-256, which the gates do not read yet.`);
  const commit = await ask(repository, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  if (commit) return commit;
  throw new GatesError(
    `The repository ${repository.root} has no commit ${JSON.stringify(revision.slice(0, 100))}; name a branch, a tag or a commit.`,
  );
}

/** Returns git's one-line answer; null when it failed. */
async function ask({ gitDir }: Repository, args: string[]): Promise<string | null> {
  const { uid, gid } = fs.statSync(gitDir);
  const user = serverIsRoot() && uid !== 0 ? { user: { uid, gid } } : {};
  try {
    return (await runGit(args, { gitDir, env: { GIT_ALLOW_PROTOCOL: "none" }, ...user })).trim();
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
