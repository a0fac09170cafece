import type { TaskRole, TaskStatus } from "@/core/log/terms";
import type { DerivedRow } from "@/core/row";
import type { Sqlite } from "@/db/file/client";
import { LOG_COLUMNS, RESTING_COLUMNS, type RestingRow } from "@/db/records/task-columns";

/** A task's row with its derived columns and its number of messages. */
export interface StoredTask extends DerivedRow, Omit<RestingRow, "status"> {
  id: number;
  uid: string;
  role: TaskRole;
  status: Exclude<TaskStatus, "paused">;
  lease: number;
  turnsAllowed: number;
  fruitlessLeases: number;
  messages: number;
}

export function rebuildStatements(sqlite: Sqlite) {
  return {
    trees: sqlite.prepare(`
      SELECT id, uid, tokens_in AS tokensIn, tokens_out AS tokensOut, micro_usd AS microUsd, tasks_total AS tasksTotal,
        tasks_ended AS tasksEnded, tasks_failed AS tasksFailed, tasks_stopped AS tasksStopped, work_total AS workTotal, ended_at_ms AS endedAtMs FROM trees ORDER BY id`),
    tasks: sqlite.prepare(`
      SELECT id, uid, role, ${LOG_COLUMNS.read()}, ${RESTING_COLUMNS.read()}, lease, turns_allowed AS turnsAllowed, fruitless_leases AS fruitlessLeases,
        (SELECT count(*) FROM messages WHERE task_id = tasks.id) AS messages
      FROM tasks WHERE tree_id = ? ORDER BY id`),
    attempts: sqlite.prepare(`
      SELECT attempt, status, reason, result_seq AS resultSeq, ended_at_ms AS endedAtMs FROM attempts WHERE task_id = ?`),
    relatives: sqlite.prepare(`
      SELECT id FROM tasks
      WHERE parent_id = @task OR id IN (SELECT on_id FROM dependencies WHERE task_id = @task)`),
    places: sqlite.prepare("SELECT id AS seq, created_at_ms AS atMs FROM messages WHERE task_id = ? ORDER BY id"),
    setTask: sqlite.prepare(`
      UPDATE tasks SET ${LOG_COLUMNS.set}, ${RESTING_COLUMNS.set} WHERE id = @id`),
    setTree: sqlite.prepare(`
      UPDATE trees SET tokens_in = @tokensIn, tokens_out = @tokensOut, micro_usd = @microUsd, tasks_total = @tasksTotal,
        tasks_ended = @tasksEnded, tasks_failed = @tasksFailed, tasks_stopped = @tasksStopped, work_total = @workTotal, ended_at_ms = @endedAtMs WHERE id = @id`),
    dropAttempts: sqlite.prepare("DELETE FROM attempts WHERE task_id = ?"),
    insertAttempt: sqlite.prepare(`
      INSERT INTO attempts (task_id, attempt, tree_id, status, reason, result_seq, ended_at_ms)
      SELECT id, @attempt, tree_id, @status, @reason, @resultSeq, @endedAtMs FROM tasks WHERE id = @task`),
  };
}
