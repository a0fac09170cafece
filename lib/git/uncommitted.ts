/**
 * Which files of a folder differ from a commit. No settings of the folder or of a repository in it apply, so none can run a
 * program.
 */
import { join } from "node:path";
import { runGit } from "./run";

const LONGEST_MS = 60_000;

/**
 * Resolves with paths, relative to the folder, of files that were changed, added or removed since the commit and are not ignored.
 * A submodule counts when another commit is checked out there; its files do not.
 * `gitDir`: a trusted repository that has the commit. `below`: only paths below that one, and also ignored ones. Throws a WorkspaceError.
 */
export async function uncommittedIn(
  root: string,
  { gitDir, commit }: { gitDir: string; commit: string },
  below?: string,
): Promise<string[]> {
  const env = { GIT_INDEX_FILE: join(gitDir, "index-uncommitted"), GIT_WORK_TREE: root };
  const options = { gitDir, env, timeoutMs: LONGEST_MS };
  await runGit(["read-tree", commit], options);
  // Without the last option, git starts itself in every submodule, and there the submodule's own settings apply.
  const status = ["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=dirty"];
  if (below !== undefined) status.push("--ignored", "--", below);
  const listed = await runGit(["-c", "core.bare=false", ...status], options);
  // The first sign compares the index with a branch, which this repository does not have.
  return listed.split("\0").flatMap((line) => (line === "" || line[1] === " " ? [] : [line.slice(3)]));
}
