/** Which commits take a merged change back, by what git and the forges write into their texts. */

/** What was merged. */
interface Merged {
  /** The repository's path at its forge, such as `owner/name`. */
  path: string;
  /** The pull request. */
  number: number;
  /** The commits that the merge made. */
  commits: readonly string[];
}

/** What `git revert` writes, and with it the buttons of forges. */
const OF_COMMIT = /\bThis reverts commit ([0-9a-f]{7,40})\b/g;
/** What GitHub writes where a revert is merged as one commit. */
const OF_PULL = /\bReverts ([\w.-]+\/[\w.-]+)#(\d+)\b/g;
/** What GitLab writes; the path only where the revert is in another project. */
const OF_MERGE_REQUEST = /\bThis reverts merge request ([\w./-]*)!(\d+)\b/g;

/** Whether a commit in which this is written takes the change back. */
export function takesBack(written: string, { path, number, commits }: Merged): boolean {
  const named = [...written.matchAll(OF_COMMIT)].map(([, commit = ""]) => commit);
  if (named.some((short) => commits.some((commit) => commit.startsWith(short)))) return true;
  return [...written.matchAll(OF_PULL), ...written.matchAll(OF_MERGE_REQUEST)].some(
    ([, of, named]) => Number(named) === number && (!of || of.toLowerCase() === path.toLowerCase()),
  );
}
