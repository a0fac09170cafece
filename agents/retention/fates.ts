/** Decides what happens to each ended tree under the limits in effect; the preview and the run itself both use it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Fate, fateOf, type RetentionLimits, removesAnything } from "@/core/rules/retention";
import type { StoredRetention } from "@/db/records/retention-record";
import type { Store } from "@/db/store";
import type { EndCursor, EndedTree } from "@/db/trees/retention";
import type { RetentionSettings } from "@/lib/env/retention";
import { folderBytes, type SizeBudget } from "@/lib/workspace/folder-size";
import { workspacesBytes } from "./space";
import { foldersOf } from "./tree-files";

export interface FateSources {
  store: Pick<Store, "queries" | "retentionTrees">;
  dataDir: string;
  now(): number;
}

export interface TreeFate {
  tree: EndedTree;
  fate: NonNullable<Fate>;
  /** About what the tree takes in the database, and its folders. */
  sizeBytes: number;
  /** Says that a tree whose fate is to go did not go after all: the size limit then takes a later one. */
  remained(): void;
}

/** Below the data folder, as long as the settings name no other place. */
const ARCHIVES = "archives";
const PAGE = 100;
/** A limit that keeps a measurement bounded on any machine. */
const MOST_FILES = 5_000_000;
const MB = 1_000_000;

/** Returns the limits in effect: a setting comes before what an admin saved. */
export function limitsOf(stored: StoredRetention, settings: RetentionSettings): RetentionLimits {
  const folder = settings.archiveFolder ?? (stored.archives ? ARCHIVES : "off");
  const days = settings.days ?? stored.days ?? 0;
  const megabytes = settings.megabytes ?? stored.megabytes ?? 0;
  return {
    days: days === 0 ? null : days,
    bytes: megabytes === 0 ? null : megabytes * MB,
    keepsGoals: settings.keepsGoals ?? stored.keepsGoals ?? true,
    archives: folder === "off" ? null : { folder },
  };
}

/**
 * Yields the trees that age or size would remove, in the order in which they ended. Others of the process get a turn
 * before each tree. A caller that removes a tree does so before it asks for the next one.
 */
export async function* fatesOf(sources: FateSources, limits: RetentionLimits): AsyncGenerator<TreeFate> {
  if (!removesAnything(limits)) return;
  const { store, now } = sources;
  let excessBytes = limits.bytes === null ? 0 : (await storedBytes(sources)) - limits.bytes;
  for (let after: EndCursor | null = null; ; ) {
    const page: EndedTree[] = store.retentionTrees.ended(after, PAGE);
    for (const tree of page) {
      await nextTurn();
      const fate = fateOf(tree, limits, { ms: now(), excessBytes });
      // Later trees ended later, so age removes none of them either.
      if (fate === null) return;
      const sizeBytes = await treeBytes(sources, tree, { left: MOST_FILES });
      if ("goes" in fate) excessBytes -= sizeBytes;
      const remained = () => {
        if ("goes" in fate) excessBytes += sizeBytes;
      };
      yield { tree, fate, sizeBytes, remained };
    }
    after = page.at(-1) ?? null;
    if (after === null) return;
  }
}

/** Returns about what a tree takes: its part of the database, and the disk space of its folders. */
export async function treeBytes(
  { store: { retentionTrees }, dataDir }: Pick<FateSources, "dataDir"> & { store: Pick<Store, "retentionTrees"> },
  { id, uid }: Pick<EndedTree, "id" | "uid">,
  budget: SizeBudget,
): Promise<number> {
  let bytes = retentionTrees.bytesOf(id);
  for (const folder of await foldersOf(dataDir, uid)) bytes += await folderBytes(folder, budget);
  return bytes;
}

/** Returns the bytes of the database and of the folders of trees. */
async function storedBytes(sources: FateSources): Promise<number> {
  return sources.store.queries.status.sizeBytes() + (await workspacesBytes(sources, { left: MOST_FILES }));
}
