/**
 * Removes what a kill left behind while a tree was created or deleted: folders and references that belong to no tree,
 * neither of the database nor of another one that the data folder has.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { heldByOthers } from "@/db/file/other-databases";
import type { Store } from "@/db/store";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { removeTree } from "@/lib/workspace/remove-tree";

/** Younger folders are kept: a tree being submitted has its folder before its row. */
const YOUNG_MS = 60 * 60_000;
/** Folders with a subfolder per tree, named by its public id; a suffix after a dot tells several of a tree apart. */
const KINDS = ["workspaces", "cache", join("cache", "apply")];
/** Copies of the repositories of forges, named by their projects. */
const MIRROR = /^forge-(\d+)$/;

export interface SweepSources {
  store: Pick<Store, "queries" | "client" | "forges">;
  snapshots: Pick<SnapshotStore, "drop" | "trees">;
  dataDir: string;
  now(): number;
}

/**
 * Returns what it removed, as paths below the data folder and names of references. Call it at the start of a server.
 */
export async function sweepLeftovers({ store, snapshots, dataDir, now }: SweepSources): Promise<string[]> {
  const isHeld = heldByOthers(store.client.file, dataDir, "trees");
  const isTree = (uid: string) => store.queries.trees.treesLike(uid).includes(uid) || isHeld(uid);
  const linked = new Set(store.forges.links().map(({ projectId }) => String(projectId)));
  // Looks use them from the first moment of the server on, and without them each repository is fetched anew.
  const isUsed = (name: string) => name === "apply" || linked.has(MIRROR.exec(name)?.[1] ?? "");
  const removed: string[] = [];
  for (const kind of KINDS) {
    for (const name of await readdir(join(dataDir, kind)).catch(() => [])) {
      const folder = join(dataDir, kind, name);
      const found = await stat(folder).catch(() => null);
      if (!found || isTree(name.split(".", 1)[0] ?? "") || now() - found.mtimeMs < YOUNG_MS) continue;
      if (kind === "cache" && isUsed(name)) continue;
      await removeTree(folder);
      removed.push(`${kind}/${name}`);
    }
  }
  for (const uid of await snapshots.trees()) {
    if (isTree(uid)) continue;
    await snapshots.drop(uid);
    removed.push(`snapshots of ${uid}`);
  }
  return removed;
}
