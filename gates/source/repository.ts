/** Finds a person's repository and its commits. Git only reads refs and the index here, and runs no program that the repository names. */
import fs from "node:fs";
import path from "node:path";
import { GatesError } from "@/gates/model/errors";
import { eachItem, GitError, runGit } from "@/lib/git/run";
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
  const named = plainText(path.join(gitDir, "commondir"));
  return named === null ? gitDir : path.resolve(gitDir, named.trim());
}

/** Returns null for what is no file: a pipe would wait for ever. */
function plainText(file: string): string | null {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file, "utf8") : null;
}

/**
 * Whether git takes a folder for a repository of its own, and commits none of its files. Where there is only something
 * called `.git`, it commits them. What cannot be read is one for git too.
 */
export function isRepository(folder: string): boolean {
  try {
    const own = path.join(folder, ".git");
    if (fs.statSync(own, { throwIfNoEntry: false })?.isDirectory()) return isGitDir(own);
    const named = /^gitdir: (.+)/.exec(plainText(own) ?? "")?.[1];
    return named !== undefined && isGitDir(path.resolve(folder, named.trimEnd()));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}

function isGitDir(gitDir: string): boolean {
  const head = path.join(gitDir, "HEAD");
  const isLink = fs.lstatSync(head, { throwIfNoEntry: false })?.isSymbolicLink();
  const isValid = isLink
    ? fs.readlinkSync(head).startsWith("refs/")
    : /^(ref:\s*refs\/|[0-9a-f]{40})/i.test(plainText(head) ?? "");
  const common = commonDirOf(gitDir);
  return isValid && ["objects", "refs"].every((name) => fs.existsSync(path.join(common, name)));
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

/** The paths of git's index, which are committed although `.gitignore` may name them. */
export interface Tracked {
  paths: ReadonlySet<string>;
  /** Submodules by path, each with its commit. */
  submodules: ReadonlyMap<string, string>;
}

/** Returns what the next commit has, whatever HEAD has; null where there is no index. */
export async function indexOf(repository: Repository): Promise<Tracked | null> {
  if (!fs.existsSync(path.join(repository.gitDir, "index"))) return null;
  const paths = new Set<string>();
  const submodules = new Map<string, string>();
  await eachItem(["ls-files", "-z", "--stage"], asOwner(repository), (item) => {
    const tab = item.indexOf("\t");
    const [mode, oid = ""] = item.slice(0, tab).split(" ");
    if (mode === "160000") submodules.set(item.slice(tab + 1), oid);
    else paths.add(item.slice(tab + 1));
  });
  return { paths, submodules };
}

function asOwner({ gitDir }: Repository) {
  const { uid, gid } = fs.statSync(gitDir);
  const user = serverIsRoot() && uid !== 0 ? { user: { uid, gid } } : {};
  return { gitDir, env: { GIT_ALLOW_PROTOCOL: "none" }, ...user };
}

/** Returns git's one-line answer; null when it failed. */
async function ask(repository: Repository, args: string[]): Promise<string | null> {
  try {
    return (await runGit(args, asOwner(repository))).trim();
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
