/** Says which changed paths are no work of a task: files that git ignores, and leftovers of tools. */
import { runBy } from "@/core/rules/run-by-others";
import { leftOutOf } from "@/lib/apply/left-out";
import type { SnapshotStore } from "@/lib/snapshots/port";

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

export const isRun = (path: string) => runBy(path) !== null;
