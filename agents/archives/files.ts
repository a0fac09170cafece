/**
 * The files of an archived tree. An archive has them from snapshots, which may have been dropped to free space while the
 * folders are still there.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { Store } from "@/db/store";
import type { ArchivableTree, FolderSnapshot } from "@/db/trees/archived-rows";
import type { SnapshotPack, SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";

export interface PackSources {
  store: Pick<Store, "archivedRows">;
  snapshots: Pick<SnapshotStore, "pack" | "take">;
  dataDir: string;
}

/** `kept`: the snapshots that are there. `taken`: a lost one is taken again where that is possible. `required`: or it fails. */
export type FilesWanted = "kept" | "taken" | "required";

/** Marks a snapshot that was taken in place of a lost one, whose name the rows have. */
const TAKEN_AGAIN = /^again-([0-9a-f]{40})$/;

/** Returns all snapshots of a tree; null when it has none. Throws UserError when files are `required` and lost. */
export async function packOf(
  sources: PackSources,
  tree: ArchivableTree,
  wanted: FilesWanted,
): Promise<SnapshotPack | null> {
  const pack = await sources.snapshots.pack(tree.uid);
  const lost = wanted === "kept" ? [] : lostOf(sources, tree, pack);
  if (lost.length === 0) return pack;
  pack?.close();
  for (const folder of lost) {
    try {
      await takeAgain(sources, tree, folder);
    } catch (error) {
      if (!(error instanceof WorkspaceError)) throw error;
      if (wanted === "required")
        throw new UserError("conflict", `No snapshot of its files can be taken: ${error.message}`);
    }
  }
  const whole = await sources.snapshots.pack(tree.uid);
  if (wanted === "taken" || lostOf(sources, tree, whole).length === 0) return whole;
  whole?.close();
  throw new UserError(
    "conflict",
    "Its snapshots were dropped, and its files are on a runner: continue it, or delete it.",
  );
}

/** Returns a function that puts into a row the snapshots that were taken in place of lost ones. */
export function renamingOf(pack: SnapshotPack | null): (json: string) => string {
  const again = takenAgain(pack);
  return (json) => [...again].reduce((text, [lost, commit]) => text.replaceAll(lost, commit), json);
}

/** Returns by a lost snapshot the one that took its place. */
function takenAgain(pack: SnapshotPack | null): Map<string, string> {
  return new Map(
    (pack?.snapshots ?? []).flatMap(({ label, commit }) => {
      const lost = TAKEN_AGAIN.exec(label)?.[1];
      return lost === undefined ? [] : [[lost, commit] as const];
    }),
  );
}

/** Returns the folders whose newest snapshot is lost, and whose files are still somewhere. */
function lostOf({ store, dataDir }: PackSources, tree: ArchivableTree, pack: SnapshotPack | null): FolderSnapshot[] {
  const held = new Set([...(pack?.snapshots.map(({ commit }) => commit) ?? []), ...takenAgain(pack).keys()]);
  return store.archivedRows
    .folders(tree.id)
    .filter((folder) => !held.has(folder.commit) && (folder.isOnRunner || existsSync(placeOf(dataDir, tree, folder))));
}

async function takeAgain({ snapshots, dataDir }: PackSources, tree: ArchivableTree, folder: FolderSnapshot) {
  if (folder.isOnRunner) return;
  await snapshots.take({
    tree: tree.uid,
    folder: placeOf(dataDir, tree, folder),
    label: `again-${folder.commit}`,
    previous: null,
    hiddenPaths: [],
  });
}

function placeOf(dataDir: string, { uid, workspace }: ArchivableTree, { owner }: FolderSnapshot): string {
  return owner === null ? workspace : join(dataDir, "workspaces", `${uid}.own`, owner);
}
