/** Says which changed paths are no work of a task: files that git ignores, and leftovers of tools. */
import { runBy } from "@/core/rules/run-by-others";
import { leftOutOf } from "@/lib/apply/left-out";
import type { SnapshotReader } from "@/lib/snapshots/below";
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";

type Snapshots = Pick<SnapshotStore, "files" | "contents" | "changedPaths">;

/** Returns the paths that nobody is shown as changed between two snapshots. */
export async function leftOutBetween(
  snapshots: Snapshots,
  from: string | null,
  to: string,
): Promise<ReadonlySet<string>> {
  const [paths = []] = await snapshots.changedPaths([{ from, to }]);
  return leftOutOf(snapshots, { from, to }, paths, isRun);
}

/** Returns what was changed between two snapshots without that. */
export async function keptChanges(snapshots: SnapshotReader, from: string | null, to: string): Promise<ChangedPath[]> {
  const changes = await snapshots.changes(from, to);
  const paths = changes.map(({ path }) => path);
  const leftOut = await leftOutOf(snapshots, { from, to }, paths, isRun);
  return changes.filter(({ path }) => !leftOut.has(path));
}

export const isRun = (path: string) => runBy(path) !== null;
