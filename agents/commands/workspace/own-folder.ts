/** The own folder of a tree that is being made. It begins empty, and is gone again when no tree was made. */
import { join } from "node:path";
import type { Submission } from "@/core/shapes/submission";
import type { Store } from "@/db/store";
import { removeTree } from "@/lib/workspace/remove-tree";
import { inTurn } from "./in-turn";

interface FolderSources {
  store: Pick<Store, "queries">;
  dataDir: string;
}

/** Runs the work that makes the tree with its folder. When another process has made the tree meanwhile, the work is not run. */
export async function withOwnFolder(
  sources: FolderSources,
  { workspace, copy, repository, repositories }: Submission,
  uid: string,
  work: () => Promise<void>,
): Promise<void> {
  const isCopied = copy === true || repository !== undefined || repositories !== undefined;
  if (workspace && !isCopied) return work();
  // An empty folder needs no lock: it is made at once, and another process could only find it empty.
  if (!isCopied) return orDiscard(sources, uid, work);
  await inTurn({ dataDir: sources.dataDir, key: uid, what: "this tree" }, async () => {
    if (isMade(sources, uid)) return;
    // What a kill left of the same submission: a copy needs an empty folder.
    await discard(sources.dataDir, uid);
    await orDiscard(sources, uid, work);
  });
}

async function orDiscard(sources: FolderSources, uid: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Files that cannot be removed only take space.
    if (!isMade(sources, uid)) await discard(sources.dataDir, uid).catch(() => undefined);
    throw error;
  }
}

function isMade({ store }: FolderSources, uid: string): boolean {
  return store.queries.trees.treesLike(uid).includes(uid);
}

async function discard(dataDir: string, uid: string): Promise<void> {
  for (const kind of ["workspaces", "cache"]) await removeTree(join(dataDir, kind, uid));
}
