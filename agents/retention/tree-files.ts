/** The folders that Banyan made for a tree, outside the database. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { removeTree } from "@/lib/workspace/remove-tree";

/** The folders of the data folder with a folder for each tree; the host keeps its own copies of repositories there, too. */
export const KINDS = ["workspaces", "cache"] as const;

interface FileSources {
  dataDir: string;
  snapshots: Pick<SnapshotStore, "drop">;
}

/** Removes the files of a deleted tree. A folder that a person named belongs to them and is kept. */
export async function removeFilesOf({ dataDir, snapshots }: FileSources, uid: string): Promise<void> {
  await snapshots.drop(uid);
  for (const folder of await foldersOf(dataDir, uid)) await removeTree(folder);
}

/** Returns the folders of a tree: its workspace, its tasks' own folders, its cache, and what a kill left beside them. */
export async function foldersOf(dataDir: string, uid: string): Promise<string[]> {
  return (await foldersByOwner(dataDir, (owner) => owner === uid)).ofTrees;
}

/** Returns the folders that go with a tree for which `isTree` holds, and what else lies beside them. */
export async function foldersByOwner(
  dataDir: string,
  isTree: (uid: string) => boolean,
): Promise<{ ofTrees: string[]; others: string[] }> {
  const found = { ofTrees: [] as string[], others: [] as string[] };
  for (const kind of KINDS)
    for (const name of await readdir(join(dataDir, kind)).catch(() => [] as string[])) {
      const owner = kind === "workspaces" ? (name.split(".", 1)[0] ?? "") : name;
      found[isTree(owner) ? "ofTrees" : "others"].push(join(dataDir, kind, name));
    }
  return found;
}
