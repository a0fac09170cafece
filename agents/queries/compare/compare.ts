/** Compares two trees: a fork with its source, or any two. */
import type { Queries } from "@/agents/application";
import { leftOutBetween } from "@/agents/files/left-out";
import type { ComparedTree, Comparison } from "@/core/shapes/comparison";
import type { Store } from "@/db/store";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { startedWith } from "./started-with";

const PATCH_BYTES = 256 * 1024;

export async function compareTrees(
  sources: {
    store: Store;
    queries: Pick<Queries, "getTree" | "getTask">;
    snapshots: Pick<SnapshotStore, "diff" | "files" | "contents" | "changedPaths">;
    now(): number;
  },
  left: string,
  right: string,
): Promise<Comparison> {
  const sides = [await sideOf(sources, left), await sideOf(sources, right)] as const;
  const [from, to] = sides;
  const trees: Comparison["trees"] = [from.shown, to.shown];
  if (from.snapshot === null || to.snapshot === null) return { trees, files: null, patch: null, truncated: false };
  const leaveOut = await leftOutBetween(sources.snapshots, from.snapshot, to.snapshot);
  const diff = await sources.snapshots.diff(from.snapshot, to.snapshot, { maxBytes: PATCH_BYTES, leaveOut });
  const files = (["added", "modified", "deleted"] as const).flatMap((change) =>
    diff[change].map((path) => ({ path, change })),
  );
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { trees, files, patch: diff.patch, truncated: diff.truncated };
}

async function sideOf(
  { store, queries, now }: Parameters<typeof compareTrees>[0],
  id: string,
): Promise<{ shown: ComparedTree; snapshot: string | null }> {
  const tree = await queries.getTree(id);
  const root = await queries.getTask(tree.root_task_id);
  const { copiedTokens, copiedMicroUsd, snapshot } = store.forks.copied(tree.id);
  const endMs = tree.ended_at ? Date.parse(tree.ended_at) : now();
  const { tokens_in, tokens_out, cost_usd, tasks } = tree.totals;
  return {
    snapshot,
    shown: {
      tree_id: tree.id,
      title: tree.title,
      status: tree.status,
      reason: tree.reason,
      result: root.result,
      verdict: root.verdict,
      rounds: tree.progress?.round ?? null,
      lessons: store.lessons.shownIn(tree.id).map(({ uid, advice }) => ({ id: uid, advice })),
      ...startedWith(store.queries.setups, tree, root),
      tasks,
      tokens: tokens_in + tokens_out,
      cost_usd,
      copied: { tokens: copiedTokens, cost_usd: copiedMicroUsd / 1_000_000 },
      seconds: Math.round((endMs - Date.parse(tree.created_at)) / 1_000),
      forked_from: tree.forked_from,
      ...(tree.not_kept && { not_kept: tree.not_kept }),
    },
  };
}
