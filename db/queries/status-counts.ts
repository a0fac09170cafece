/** How many tasks of a tree are in each state, as people see it. Ended tasks are counted by the tree's own columns. */
import { SELECTOR } from "@/core/selection";
import { countsOfTree, NO_COUNTS, type StatusCounts } from "@/core/words/counts";
import type { ShownStatus } from "@/core/words/status";
import type { Sqlite } from "@/db/file/client";
import { HALTED } from "@/db/records/halt";
import { countedTask } from "@/db/records/tree-counts";
import { AWAITED_NOW } from "./reviews";
import type { TreeRow } from "./tree-rows";

/** SQL for the state of the task `task`, as `shownStatusOf` says it of a task's shape. */
const SHOWN = `
  CASE WHEN task.ended_at_ms IS NOT NULL THEN task.status WHEN task.holds + ${HALTED} > 0 THEN 'paused'
    WHEN task.status = 'waiting' AND EXISTS (SELECT 1 FROM reviews WHERE task_id = task.id AND ${AWAITED_NOW}) THEN 'you'
    ELSE task.status END`;

export interface StatusCountReader {
  /** Returns the counts to show of the tree. */
  of(tree: Pick<TreeRow, "id" | "rootId" | "tasksEnded" | "tasksFailed" | "tasksStopped">): StatusCounts;
}

export function createStatusCounts(sqlite: Sqlite): StatusCountReader {
  const open = sqlite.prepare(`
    SELECT ${SHOWN} AS status, count(*) AS number FROM tasks task
    WHERE task.tree_id = ? AND task.ended_at_ms IS NULL AND ${countedTask("task")} GROUP BY 1`);
  // An agent_selector that has chosen is hidden behind its choice.
  const head = sqlite
    .prepare(`
    SELECT ${SHOWN} FROM tasks task WHERE task.id = ifnull(
      (SELECT min(pick.id) FROM tasks root JOIN tasks pick ON pick.parent_id = root.id AND pick.role = 'work'
        WHERE root.id = @root AND root.agent = '${SELECTOR}'), @root)`)
    .pluck();
  return {
    of: ({ id, rootId, tasksEnded, tasksFailed: failed, tasksStopped: stopped }) => {
      const counts = { ...NO_COUNTS, failed, stopped, succeeded: tasksEnded - failed - stopped };
      for (const { status, number } of open.all(id) as { status: ShownStatus; number: number }[])
        counts[status] = number;
      return countsOfTree(counts, head.get({ root: rootId }) as ShownStatus);
    },
  };
}
