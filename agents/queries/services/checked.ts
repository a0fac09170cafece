/** Finds the goals whose work is exactly the files of a commit, and what they found for them. */
import type { GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import type { CommitFacts } from "@/core/specification/evidence";
import type { SnapshotFile } from "@/lib/snapshots/port";
import { SnapshotError } from "@/lib/snapshots/port";
import type { CommitContents } from "./read";

export interface CheckedSources {
  /** The newest trees of a project that have succeeded, or that have not ended. */
  treesOf(project: string, status: "succeeded" | "open"): Promise<Tree[]>;
  goalOf(tree: string): Promise<GoalView | null>;
  snapshots: { files(commit: string): Promise<SnapshotFile[]> };
}

type Checked = Pick<CommitFacts, "hasPassed" | "verdicts">;

/** Resolves with what is known of the files. `check`: the project's. */
export async function checkedFiles(
  sources: CheckedSources,
  { project, check, files }: { project: string; check: string | null; files: CommitContents["files"] },
): Promise<Checked> {
  const nothing = { hasPassed: false, verdicts: new Map() };
  if (files === null) return nothing;
  for (const tree of await sources.treesOf(project, "succeeded")) {
    const goal = tree.from_archive ? null : await sources.goalOf(tree.id);
    const snapshot = goal?.rounds.at(-1)?.snapshot;
    if (!goal || !snapshot || !(await hasTheseFiles(sources, goal, { snapshot, files }))) continue;
    return {
      hasPassed: check !== null && goal.validation_command === check && goal.validation?.met === true,
      verdicts: new Map(
        goal.criteria.flatMap(({ statement, met, evidence }) =>
          met === null ? [] : [[statement, { met, evidence }] as const],
        ),
      ),
    };
  }
  return nothing;
}

/**
 * Whether the goal was found reached for these files. What it delivered was checked again in a fresh clone of the commit, so
 * further files of its folder, such as packages, count for nothing.
 */
async function hasTheseFiles(
  { snapshots }: CheckedSources,
  { rounds, folder_round, delivery }: GoalView,
  { snapshot, files }: { snapshot: string; files: NonNullable<CommitContents["files"]> },
): Promise<boolean> {
  if (folder_round !== rounds.length || (rounds.at(-1)?.doubts.length ?? 0) > 0) return false;
  const isDelivered = delivery?.state === "done" && delivery.branch !== null;
  const kept = await filesIn(snapshots, snapshot);
  const oids = new Map(kept.map(({ path, oid }) => [path, oid]));
  const isHeld = [...files].every(([path, { oid }]) => oids.get(path) === oid);
  return isHeld && (isDelivered || kept.every(({ path }) => files.has(path)));
}

/** Snapshots go after their time, and with them what was shown by them. */
async function filesIn(snapshots: CheckedSources["snapshots"], commit: string): Promise<SnapshotFile[]> {
  try {
    const files = await snapshots.files(commit);
    return files.filter(({ path, kind }) => kind !== "folder" && !path.startsWith(".git/"));
  } catch (error) {
    if (error instanceof SnapshotError) return [];
    throw error;
  }
}
