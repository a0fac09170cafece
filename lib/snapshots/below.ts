/** A folder of snapshots, as if it were all that they hold. */
import type { SnapshotStore } from "./port";

/** What making commits of snapshots needs. */
export type SnapshotReader = Pick<SnapshotStore, "files" | "contents" | "changes" | "withObjects">;

/** Returns the snapshots with what is below the folder alone, by paths relative to it. null: with everything. */
export function snapshotsBelow(snapshots: SnapshotReader, folder: string | null): SnapshotReader {
  if (folder === null) return snapshots;
  const below = <Found extends { path: string }>(found: readonly Found[]) =>
    found
      .filter(({ path }) => path.startsWith(`${folder}/`))
      .map((one) => ({ ...one, path: one.path.slice(folder.length + 1) }));
  return {
    files: async (commit) => below(await snapshots.files(commit)),
    changes: async (from, to) => below(await snapshots.changes(from, to)),
    contents: (files) => snapshots.contents(files),
    withObjects: (work) => snapshots.withObjects(work),
  };
}
