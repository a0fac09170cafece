/**
 * Counts the seconds of a grant, which run while the task or any of its subtasks runs. Counts only where seconds are
 * capped: a subtask's seconds are at most its parent's, so a whole branch is capped. Call inside the log's transaction,
 * with the time of a clock that does not jump (db/file/steady-clock.ts). That clock restarts with the machine, so time
 * that was running before a restart counts nothing.
 */
import type { Sqlite } from "@/db/file/client";

const ABOVE = `
  WITH RECURSIVE above(id) AS (
    SELECT @id UNION ALL SELECT tasks.parent_id FROM tasks JOIN above ON tasks.id = above.id WHERE tasks.parent_id IS NOT NULL)`;

export type Activity = ReturnType<typeof createActivity>;

export function createActivity(sqlite: Sqlite) {
  const isCapped = sqlite.prepare("SELECT 1 FROM tasks WHERE id = ? AND grant_seconds IS NOT NULL");
  const begin = sqlite.prepare(`${ABOVE}
    UPDATE tasks SET active_count = active_count + 1,
      active_since_ms = CASE WHEN active_count = 0 THEN @now ELSE active_since_ms END
    WHERE id IN (SELECT id FROM above) AND grant_seconds IS NOT NULL`);
  const end = sqlite.prepare(`${ABOVE}
    UPDATE tasks SET active_count = active_count - 1,
      active_ms = active_ms + CASE WHEN active_count = 1 THEN max(0, @now - active_since_ms) ELSE 0 END
    WHERE id IN (SELECT id FROM above) AND grant_seconds IS NOT NULL AND active_count > 0`);
  const used = sqlite
    .prepare(`
    SELECT active_ms + CASE WHEN active_count > 0 THEN max(0, @now - active_since_ms) ELSE 0 END FROM tasks WHERE id = @id`)
    .pluck();

  return {
    /** Call when a task is leased. */
    begin(taskId: number, steadyMs: number): void {
      if (isCapped.get(taskId)) begin.run({ id: taskId, now: steadyMs });
    },
    /** Call when a lease ends, or is taken from a dead worker. */
    end(taskId: number, steadyMs: number): void {
      if (isCapped.get(taskId)) end.run({ id: taskId, now: steadyMs });
    },
    /** Returns the milliseconds counted so far. */
    usedMs: (taskId: number, steadyMs: number): number => used.get({ id: taskId, now: steadyMs }) as number,
  };
}
