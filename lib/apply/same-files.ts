/** Says whether a commit has the files of a folder, so that what was run in the folder says something of the commit. */
import type { SnapshotReader } from "../snapshots/below";
import { chosenOf } from "./chosen";
import type { CommitRequest } from "./commit";
import { LEFTOVERS } from "./left-out";
import { rulesAboveOf, trackedIn } from "./repository";

/**
 * Whether the files of `onto` are those of the snapshot `to`, apart from ignored ones and leftovers of tools. A file that git
 * writes with other line ends counts as another one.
 */
export async function hasFilesOf(
  snapshots: SnapshotReader,
  { repository, onto, to, signal }: Pick<CommitRequest, "repository" | "onto" | "to" | "signal">,
): Promise<boolean> {
  const { paths, submodules } = await trackedIn(repository, onto, signal);
  const rulesAbove = [LEFTOVERS, ...rulesAboveOf(repository)];
  const tracked = { isTracked: (name: string) => paths.has(name), submodules, prefix: [], rulesAbove };
  const { changes } = await chosenOf(snapshots, to, await snapshots.changes(null, to), tracked);
  return changes.length === paths.size && changes.every(({ path, after }) => after?.oid === paths.get(path));
}
