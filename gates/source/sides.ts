/** What the gates compare: commits, and the files of the folder. */
import type { Blobs, FileTree } from "@/gates/model/tree";
import { treeOfCommit } from "./commit-tree";
import { commitOf, type Repository } from "./repository";
import { treeOfFolder } from "./working-tree";

export interface Side {
  name: string;
  /** Null: the files of the folder. */
  commit: string | null;
  tree: FileTree;
}

export interface SidePlace {
  repository: Repository;
  blobs: Blobs;
  /** For temporary files. */
  dir: string;
}

/** `name` is a revision. Throws a `GatesError` when there is no such commit. */
export async function sideOf({ repository, ...place }: SidePlace, name: string): Promise<Side> {
  const commit = await commitOf(repository, name);
  return { name, commit, tree: await treeOfCommit(repository, commit, place) };
}

/** Returns the files of the folder; `head` is the side HEAD. */
export async function workingSide({ repository, blobs }: SidePlace, head: Side): Promise<Side> {
  return { name: "working tree", commit: null, tree: await treeOfFolder(repository, head.tree, blobs) };
}
