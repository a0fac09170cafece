/** Which files of a folder differ from a commit. None of the folder's own settings apply, so none of them can run anything. */
import { join } from "node:path";
import { runGit } from "./run";

const LONGEST_MS = 60_000;

/**
 * Resolves with paths, relative to the folder, of files that were changed, added or removed since the commit and are not ignored.
 * `gitDir`: a trusted repository that has the commit. Throws a WorkspaceError.
 */
export async function uncommittedIn(
  root: string,
  { gitDir, commit }: { gitDir: string; commit: string },
): Promise<string[]> {
  const env = { GIT_INDEX_FILE: join(gitDir, "index-uncommitted"), GIT_WORK_TREE: root };
  const options = { gitDir, env, timeoutMs: LONGEST_MS };
  await runGit(["read-tree", commit], options);
  const listed = await runGit(["-c", "core.bare=false", "status", "--porcelain", "-z", "--no-renames"], options);
  // The first sign compares the index with a branch, which this repository does not have.
  return listed.split("\0").flatMap((line) => (line === "" || line[1] === " " ? [] : [line.slice(3)]));
}
