/** The folders that Banyan made for a tree, outside the database. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { removeTree } from "@/lib/workspace/remove-tree";

const KINDS = ["workspaces", "cache"];

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
  const workspaces = join(dataDir, KINDS[0] ?? "");
  const names = await readdir(workspaces).catch(() => [] as string[]);
  const related = names.filter((name) => name.startsWith(`${uid}.`)).map((name) => join(workspaces, name));
  return [...KINDS.map((kind) => join(dataDir, kind, uid)), ...related];
}
