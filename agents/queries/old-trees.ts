/** The trees that a person can delete because they are old. A pinned tree is only counted: it stays. */
import { UserError } from "@/agents/application";
import { type FateSources, treeBytes } from "@/agents/retention/fates";
import type { OldTrees } from "@/core/shapes/operations";
import { iso } from "@/db/file/iso";

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;
const MOST_OLD_TREES = 200;
/** A limit that keeps the answer fast on any machine. */
const MOST_FILES = 200_000;

/** Returns trees that ended more than `days` days ago, the oldest first. Throws UserError. */
export async function findOldTrees(sources: FateSources, days: number): Promise<OldTrees> {
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new UserError("invalid", `"days" must be a whole number from 1 to ${MOST_DAYS}.`);
  const { operations } = sources.store.queries;
  const beforeMs = sources.now() - days * DAY_MS;
  const found = operations.endedBefore(beforeMs, MOST_OLD_TREES + 1);
  const budget = { left: MOST_FILES };
  const items = [];
  for (const tree of found.slice(0, MOST_OLD_TREES)) {
    const { uid, title, endedAtMs } = tree;
    items.push({ id: uid, title, ended_at: iso(endedAtMs), size_bytes: await treeBytes(sources, tree, budget) });
  }
  return {
    days,
    items,
    size_bytes: items.reduce((sum, item) => sum + item.size_bytes, 0),
    pinned: operations.pinnedBefore(beforeMs),
    more: found.length > MOST_OLD_TREES,
  };
}
