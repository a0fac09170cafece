/** A comparison's questions to git. They write nothing into the repository: no refs, no index, no worktree. */
import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { CompareProblem } from "./problem";

const run = promisify(execFile);
/** Packages are not files of a version, even if a link to them escapes an ignore rule for folders. */
const WITHOUT_PACKAGES = ["--", ".", ":(exclude)node_modules"];
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Throws a `CompareProblem` unless the folder is the top of a git repository. */
export async function checkRepository(folder: string): Promise<void> {
  const top = await ask(folder, ["rev-parse", "--show-toplevel"]);
  if (top === null || realpathSync(top.trim()) !== realpathSync(folder))
    throw new CompareProblem(
      `${folder} is not a git repository that git can read, so there is no version to compare: clone Banyan with git, or name a folder with another clone.`,
    );
}

/** Returns the id of a commit; null when the repository has none of that name. */
export async function commitOf(folder: string, ref: string): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  return (await ask(folder, args))?.trim() ?? null;
}

/** Writes the files of a commit to `target`, with an index of its own beside it. */
export async function writeCommit(folder: string, commit: string, target: string): Promise<void> {
  const env = { GIT_INDEX_FILE: `${target}.index` };
  const isRead = await ask(folder, ["read-tree", commit], env);
  const isWritten = isRead !== null && (await ask(folder, ["checkout-index", "--all", `--prefix=${target}/`], env));
  if (isWritten === null || isWritten === false)
    throw new CompareProblem(`Git cannot write the files of ${commit}: run \`git fsck\`, and check the disk space.`);
}

/** Returns the files that git would commit: tracked ones, and those that no ignore rule names. Some may be deleted. */
export async function filesOf(folder: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...WITHOUT_PACKAGES];
  return listed(await ask(folder, args));
}

/** Returns how many files differ from the last commit. */
export async function changedFiles(folder: string): Promise<number> {
  const args = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", ...WITHOUT_PACKAGES];
  return listed(await ask(folder, args)).length;
}

function listed(output: string | null): string[] {
  return [...new Set((output ?? "").split("\0"))].filter((part) => part !== "");
}

/** Returns git's output; null when it failed. Throws a `CompareProblem` when there is no git. */
async function ask(folder: string, args: string[], more: Record<string, string> = {}): Promise<string | null> {
  // When git started this process, as a hook does, its variables name another repository.
  const foreign = Object.keys(process.env).filter((name) => name.startsWith("GIT_"));
  const none = Object.fromEntries(foreign.map((name) => [name, undefined]));
  const env: NodeJS.ProcessEnv = { ...process.env, ...none, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", ...more };
  try {
    return (await run("git", args, { cwd: path.resolve(folder), env, maxBuffer: MOST_OUTPUT })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return null;
    throw new CompareProblem("Git is not on the PATH: install it (Debian: `apt-get install -y git`), then try again.");
  }
}
