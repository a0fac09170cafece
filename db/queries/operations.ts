/** Reads what the pages of Operations show about providers and about trees to clean up. */

import type { ProviderState } from "@/core/shapes/operations";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { HALTED } from "@/db/records/halt";

export interface ParkedTask {
  task: ProviderState["parked_tasks"][number];
  untilMs: number;
  why: string;
  /** It waits for its model, which its provider no longer has, not for the provider. */
  isModelGone: boolean;
}

export interface OperationsQueries {
  /** Returns tasks parked by a provider, in the order in which they continue. */
  parked(): ParkedTask[];
  /** Returns, by provider, the number of trees with an open task that uses it. */
  treesByProvider(): Map<string, number>;
  /** Returns trees without a pin that ended before a time, oldest first. */
  endedBefore(ms: number, limit: number): { id: number; uid: string; title: string; endedAtMs: number }[];
  /** Returns how many pinned trees ended before a time. */
  pinnedBefore(ms: number): number;
}

type ParkedRow = ParkedTask["task"] & { untilMs: number; why: string; gone: 0 | 1 };

const MOST_PARKED = 500;

export function createOperationsQueries(sqlite: Sqlite): OperationsQueries {
  const parked = sqlite.prepare(`
    SELECT task.uid AS id, tree.uid AS tree_id, tree.title AS tree_title, task.model, task.parked_until_ms AS untilMs,
      coalesce(task.detail, '') AS why, task.wait_kind IS 'model_gone' AS gone
    FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.parked_until_ms IS NOT NULL AND task.status = 'parked' AND task.holds + ${HALTED} = 0
      AND (task.wait_kind IS NULL OR task.wait_kind = 'model_gone')
    ORDER BY task.parked_until_ms LIMIT ${MOST_PARKED}`);
  const trees = sqlite.prepare(`
    SELECT CASE instr(model, '/') WHEN 0 THEN model ELSE substr(model, 1, instr(model, '/') - 1) END AS provider,
      count(DISTINCT tree_id) AS trees
    FROM tasks WHERE ended_at_ms IS NULL GROUP BY 1`);
  const ended = sqlite.prepare(`
    SELECT id, uid, title, ended_at_ms AS endedAtMs FROM trees
    WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ? AND pinned_at_ms IS NULL ORDER BY ended_at_ms LIMIT ?`);
  const pinned = sqlite
    .prepare(
      "SELECT count(*) FROM trees WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ? AND pinned_at_ms IS NOT NULL",
    )
    .pluck();
  return {
    parked: () =>
      (parked.all() as ParkedRow[]).map(({ untilMs, why, gone, ...task }) => {
        const shown = { ...task, tree_title: withoutDisguise(task.tree_title) };
        return { task: shown, untilMs, why, isModelGone: gone === 1 };
      }),
    treesByProvider: () =>
      new Map((trees.all() as { provider: string; trees: number }[]).map((tree) => [tree.provider, tree.trees])),
    endedBefore: (ms, limit) =>
      (ended.all(ms, limit) as ReturnType<OperationsQueries["endedBefore"]>).map((tree) => {
        return { ...tree, title: withoutDisguise(tree.title) };
      }),
    pinnedBefore: (ms) => pinned.get(ms) as number,
  };
}
