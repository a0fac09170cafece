/** Decides whose snapshots go when they take more than their limit. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { snapshotsGo } from "@/core/rules/retention";
import type { Store } from "@/db/store";
import type { RetentionSettings } from "@/lib/env/retention";
import { limitsOf } from "./fates";

/**
 * Returns those of the trees whose snapshots may go, in the order in which they go: of trees that retention may remove,
 * those that ended first before others. What retention keeps has nothing else: a tree that was read from an archive has
 * its files in its snapshots alone. A tree that the database does not know keeps them, too: a replaced database may hold
 * it, or a fork or an archive has its files before its row. The start of a server drops those of trees that are gone.
 */
export async function droppableSnapshots(
  sources: { store: Pick<Store, "retention" | "retentionTrees">; retentionSettings: RetentionSettings },
  uids: readonly string[],
): Promise<string[]> {
  const { store, retentionSettings } = sources;
  const limits = limitsOf(store.retention.read().limits, retentionSettings);
  const found: { uid: string; isLast: boolean; endedAtMs: number }[] = [];
  for (const uid of uids) {
    // A store holds thousands of trees.
    await nextTurn();
    const tree = store.retentionTrees.find(uid);
    if (tree === null) continue;
    const goes = snapshotsGo(tree, limits);
    if (goes !== "never") found.push({ uid, isLast: goes === "last", endedAtMs: tree.endedAtMs ?? 0 });
  }
  found.sort((a, b) => Number(a.isLast) - Number(b.isLast) || a.endedAtMs - b.endedAtMs);
  return found.map(({ uid }) => uid);
}
