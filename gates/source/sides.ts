/** What the gates compare: commits, and the files of the folder. */
import type { Blobs, FileTree } from "@/gates/model/tree";
import { treeOfCommit } from "./commit-tree";
import { commitOf, indexOf, type Repository } from "./repository";
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

/** Returns the files of the folder; `head` is the side HEAD, whose files count as tracked where there is no index. */
export async function workingSide({ repository, blobs }: SidePlace, { tree: head }: Side): Promise<Side> {
  const { files, submodules } = head;
  const tracked = (await indexOf(repository)) ?? { paths: new Set(files.keys()), submodules };
  return { name: "working tree", commit: null, tree: await treeOfFolder(repository, tracked, blobs) };
}
