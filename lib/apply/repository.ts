/** A person's own repository, as far as a branch is created in it. */
import fs from "node:fs";
import path from "node:path";
import { isSpecialToGit } from "../git/rules";
import { eachItem, GitError, type GitOptions, runGit } from "../git/run";
import { serverIsRoot, type ToolUser } from "../process/tools-identity";
import { gitAround } from "../workspace/git-around";
import { WorkspaceError } from "../workspace/path";
import { readPlainFile } from "../workspace/plain-file";

export interface PersonsRepository {
  /** The folder with the repository's files. */
  root: string;
  gitDir: string;
  /** The folder with the HEAD of a linked worktree; absent: the same. */
  headDir?: string;
  /** The folder's path below the root, with "/" at its end; "" for the root itself. */
  prefix: string;
}

/** Returns the repository that the folder is in. Throws a `WorkspaceError` with one sentence when there is none. */
export function repositoryAround(folder: string): PersonsRepository {
  for (let root = folder; ; root = path.dirname(root)) {
    const gitDir = path.join(root, ".git");
    const stat = fs.lstatSync(gitDir, { throwIfNoEntry: false });
    const prefix = root === folder ? "" : `${path.relative(root, folder)}/`;
    if (stat && !stat.isDirectory()) return { root, ...linkedFrom(root), prefix };
    if (stat) return { root, gitDir, prefix };
    if (root === path.dirname(root)) break;
  }
  throw new WorkspaceError(
    `${folder} is not in a git repository; name a folder of a repository, or download the files or the patch.`,
  );
}

function linkedFrom(root: string): Pick<PersonsRepository, "gitDir" | "headDir"> {
  const found = gitAround(root);
  if (found.kind === "linked")
    return { gitDir: found.linked.common, headDir: path.join(found.linked.common, found.linked.own) };
  throw new WorkspaceError(
    `The .git of ${root} leads to another folder, which does not lead back; run "git worktree repair", or download the patch and run "git apply" there.`,
  );
}

/** Runs git on the repository's own data. It opens no work tree and runs no hook, filter or program. */
export function gitIn({ gitDir }: PersonsRepository, args: readonly string[], more: Partial<GitOptions> = {}) {
  const user = ownerOf(gitDir);
  return runGit(args, { gitDir, ...more, ...(user && { user }) });
}

/** New files belong to the repository's owner. */
export function ownerOf(gitDir: string): ToolUser | null {
  const { uid, gid } = fs.statSync(gitDir);
  return serverIsRoot() && uid !== 0 ? { uid, gid } : null;
}

export interface Head {
  commit: string;
  /** null: no branch is checked out. */
  branch: string | null;
}

export async function headOf(repository: PersonsRepository, signal?: AbortSignal): Promise<Head> {
  const gitDir = repository.headDir ?? repository.gitDir;
  const ask = async (args: string[]) => (await gitIn(repository, args, { signal, gitDir })).trim();
  if ((await ask(["rev-parse", "--show-object-format"])) !== "sha1")
    throw new WorkspaceError(`The repository ${repository.root} uses SHA-256; download the patch and apply it there.`);
  const orNull = (error: unknown) => {
    if (error instanceof GitError) return null;
    throw error;
  };
  const commit = await ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).catch(orNull);
  if (commit === null)
    throw new WorkspaceError(
      `The repository ${repository.root} has no commit yet, so a branch has nothing to start from; make a first commit, then apply again.`,
    );
  const branch = await ask(["symbolic-ref", "--quiet", "--short", "HEAD"]).catch(orNull);
  return { commit, branch };
}

/**
 * Returns the paths of a commit with the names of their contents, and its submodules, both below the prefix and relative to
 * it.
 */
export async function trackedIn(
  repository: PersonsRepository,
  commit: string,
  signal?: AbortSignal,
): Promise<{ paths: Map<string, string>; submodules: string[] }> {
  const found = { paths: new Map<string, string>(), submodules: [] as string[] };
  const { gitDir, prefix } = repository;
  const user = ownerOf(gitDir);
  await eachItem(["ls-tree", "-r", "-z", "--full-tree", commit], { gitDir, signal, ...(user && { user }) }, (item) => {
    const name = item.slice(item.indexOf("\t") + 1);
    if (!name.startsWith(prefix)) return;
    if (item.startsWith("160000")) found.submodules.push(name.slice(prefix.length));
    else found.paths.set(name.slice(prefix.length), item.split(/[ \t]/, 3)[2] ?? "");
  });
  return found;
}

/** Returns the rules of `info/exclude`, and of each `.gitignore` above the folder. */
export function rulesAboveOf({ root, gitDir, prefix }: PersonsRepository): { names: string[]; text: string }[] {
  const above = prefix.split("/").filter(Boolean);
  const files = [
    { names: [], file: path.join(gitDir, "info", "exclude") },
    ...above.map((_, depth) => {
      const names = above.slice(0, depth);
      return { names, file: path.join(root, ...names, ".gitignore") };
    }),
  ];
  return files.flatMap(({ names, file }) => {
    const text = readPlainFile(file, RULES_MAX_BYTES)?.toString("utf8");
    return text === undefined ? [] : [{ names, text }];
  });
}

const RULES_MAX_BYTES = 128 * 1024;

/** A name that no new branch can have. */
export class BranchNameError extends WorkspaceError {}

/** Throws BranchNameError for a name that no branch can have. */
export async function requireBranchName(repository: PersonsRepository, branch: string): Promise<void> {
  const shown = JSON.stringify(branch.slice(0, 200));
  const isValid = branch !== "" && !isSpecialToGit(branch) && branch.length <= 200 && !/[\0\n]/.test(branch);
  const checked = isValid && (await succeeds(gitIn(repository, ["check-ref-format", `refs/heads/${branch}`])));
  if (!checked)
    throw new BranchNameError(`${shown} cannot name a branch; use letters, digits, "-" and "/", as in banyan/report.`);
  const heads = ["objects", "objects/pack", "refs", "refs/heads", ...foldersOf(branch)];
  for (const name of heads) {
    const stat = fs.lstatSync(path.join(repository.gitDir, name), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink())
      throw new WorkspaceError(
        `In ${repository.gitDir}, ${name} is a link, and Banyan writes through no link; download the patch and run "git apply".`,
      );
  }
}

/** What the newest commit of a branch is: its id, message, files and parents. */
export interface Tip {
  commit: string;
  message: string;
  /** The ids of its git tree and of its parents. */
  content: string;
}

/** Returns null when the repository has no such branch. */
export async function tipOf(repository: PersonsRepository, branch: string): Promise<Tip | null> {
  if (!(await hasBranch(repository, branch))) return null;
  return tipAt(repository, `refs/heads/${branch}`);
}

export async function tipAt(repository: PersonsRepository, revision: string): Promise<Tip> {
  const told = await gitIn(repository, ["log", "-1", "--no-show-signature", "--format=%H%n%T %P%n%B", revision, "--"]);
  const [commit = "", content = "", ...message] = told.split("\n");
  return { commit, content, message: message.join("\n").trim() };
}

const MOST_NUMBERED = 100;

/** Returns the name, or with a number the first one that is a branch of none of the repositories. */
export async function freeBranch(repositories: readonly PersonsRepository[], name: string): Promise<string> {
  for (let number = 1; number < MOST_NUMBERED; number++) {
    const branch = number === 1 ? name : `${name}-${number}`;
    const taken = await Promise.all(repositories.map((repository) => hasBranch(repository, branch)));
    if (!taken.includes(true)) return branch;
  }
  return name;
}

const hasBranch = (repository: PersonsRepository, branch: string) =>
  succeeds(gitIn(repository, ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]));

const foldersOf = (branch: string) => {
  const names = branch.split("/");
  return names.map((_, index) => ["refs/heads", ...names.slice(0, index + 1)].join("/"));
};

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}
