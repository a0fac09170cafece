/** The files that a task changed in its folder: the difference between the snapshots before and after it. */
import { UserError } from "@/agents/application";
import { runBy } from "@/core/rules/run-by-others";
import type { ChangedFile, TaskFiles } from "@/core/shapes/files";
import type { FileQueries, LogPart } from "@/db/queries/files";
import { type SnapshotDiff, SnapshotError, type SnapshotStore } from "@/lib/snapshots/port";
import { leftOutBetween } from "./left-out";

type Compared = Pick<SnapshotStore, "diff" | "files" | "contents" | "changedPaths">;

const PATCH_BYTES = 512 * 1024;
/** Nobody reads a longer list. */
const MOST_FILES = 2_000;

/** Throws UserError when the snapshots are no longer kept. */
export async function taskFiles(
  { files, snapshots }: { files: FileQueries; snapshots: Compared },
  taskUid: string,
  part?: LogPart,
): Promise<TaskFiles> {
  const span = files.spanOf(taskUid, part);
  if (!span || span.from === span.to) return { files: [], patch: "", truncated: false, shared: false, at: null };
  const diff = await diffOf(snapshots, span.from, span.to);
  const changed = (["added", "modified", "deleted"] as const).flatMap((change) =>
    diff[change].map((path) => fileOf(path, change, diff)),
  );
  changed.sort((a, b) => (a.path < b.path ? -1 : 1));
  const truncated = diff.truncated || changed.length > MOST_FILES;
  // Files that other programs run are always listed, even beyond the limit.
  const hidden = changed.slice(MOST_FILES).filter((file) => file.run_by !== null);
  return {
    files: [...changed.slice(0, MOST_FILES), ...hidden.slice(0, MOST_FILES)],
    patch: diff.patch,
    truncated,
    shared: span.shared,
    at: span.at,
  };
}

async function diffOf(snapshots: Compared, from: string | null, to: string): Promise<SnapshotDiff> {
  try {
    const leaveOut = await leftOutBetween(snapshots, from, to);
    return await snapshots.diff(from, to, { maxBytes: PATCH_BYTES, leaveOut });
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw new UserError("unavailable", error.message);
  }
}

function fileOf(path: string, change: ChangedFile["change"], { lines }: SnapshotDiff): ChangedFile {
  const { added = null, removed = null } = lines.get(path) ?? {};
  return { path, change, additions: added, deletions: removed, run_by: change === "deleted" ? null : runBy(path) };
}
