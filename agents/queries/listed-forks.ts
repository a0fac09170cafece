/** Lists the forks of a tree with their states. */

import type { ListedFork } from "@/core/shapes/forks";
import type { Store } from "@/db/store";

/** Only the newest forks are listed. */
const MOST = 100;

export function listForks({ store: { queries }, now }: { store: Store; now(): number }, treeUid: string): ListedFork[] {
  return queries.forks.familyOf(treeUid, MOST).map(({ uid, from, seq, taskUid, createdBy }) => {
    const { id, title, status, reason, created_at, ended_at, headline, totals, forked_from } = queries.trees.getTree(
      uid,
      "none",
      now(),
    );
    const shown = { id, title, status, reason, created_at, ended_at, headline };
    const point = { ...forked_from, tree_id: from, seq, task_id: taskUid };
    return { ...shown, from: point, created_by: createdBy, cost_usd: totals.cost_usd };
  });
}
