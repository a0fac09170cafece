/** Finds failed tasks: those that a person can still repair, and those that failed by a fault of the runtime. */
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { cursorValues, type Keyed, pageOf } from "./keyed-pages";

interface FailedTaskRow extends Keyed {
  taskUid: string;
  treeUid: string;
  treeTitle: string;
}

export interface FailedTaskQueries {
  /**
   * Returns the failed tasks whose parent waits and has not read the result yet, so that a retry can replace it; newest
   * first.
   */
  list(page: { after?: string; limit: number }): { rows: FailedTaskRow[]; next: string | null };
  /** Returns tasks that failed inside the runtime since then, by public id. */
  inside(sinceMs: number): string[];
}

export function createFailedTaskQueries(sqlite: Sqlite): FailedTaskQueries {
  // A parent that has read the result has written an entry since.
  const failed = sqlite.prepare(`
    SELECT task.id, task.ended_at_ms AS value, task.uid AS taskUid, tree.uid AS treeUid, tree.title AS treeTitle
    FROM trees tree JOIN tasks task ON task.tree_id = tree.id JOIN tasks parent ON parent.id = task.parent_id
    WHERE tree.ended_at_ms IS NULL AND tree.is_system = 0 AND task.status = 'failed' AND task.role = 'work'
      AND parent.status = 'waiting' AND task.result_seq > (SELECT max(id) FROM messages WHERE task_id = parent.id)
      AND (@after IS NULL OR (task.ended_at_ms, task.id) < (@value, @id))
    ORDER BY task.ended_at_ms DESC, task.id DESC LIMIT @limit`);
  const inside = sqlite
    .prepare(`
      SELECT uid FROM tasks WHERE status = 'failed' AND reason IN ('internal', 'broken_log') AND ended_at_ms >= ?
        AND NOT EXISTS (SELECT 1 FROM trees WHERE trees.id = tree_id AND archive_hash IS NOT NULL)
      ORDER BY id`)
    .pluck();
  return {
    list: ({ after, limit }) => {
      const found = failed.all({ after: after ?? null, ...cursorValues(after), limit: limit + 1 }) as FailedTaskRow[];
      const { rows, next } = pageOf(found, limit);
      return { rows: rows.map((row) => ({ ...row, treeTitle: withoutDisguise(row.treeTitle) })), next };
    },
    inside: (sinceMs) => inside.all(sinceMs) as string[],
  };
}
