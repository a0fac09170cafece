import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";

const CALL = KINDS.indexOf("tool_call");
const REPLY = KINDS.indexOf("agent_response");

export interface GoalQueries {
  /** Returns the message before the reply of each call: a fork there makes the call again. */
  repliesBefore(taskId: number): { callId: string; seq: number }[];
  /** Returns when a task was created. */
  createdAtMs(taskUid: string): number;
  /** Returns what the tasks of a branch spent, by agent. */
  spentIn(taskUid: string): { agent: string; tokens: number; microUsd: number }[];
}

export function createGoalQueries(sqlite: Sqlite): GoalQueries {
  const spent = sqlite.prepare(`
    WITH RECURSIVE branch(id) AS (
      SELECT id FROM tasks WHERE uid = ? UNION ALL SELECT tasks.id FROM tasks JOIN branch ON tasks.parent_id = branch.id)
    SELECT agent, sum(tokens_in + tokens_out) AS tokens, sum(micro_usd) AS microUsd
    FROM tasks WHERE id IN (SELECT id FROM branch) GROUP BY agent`);
  const created = sqlite.prepare("SELECT created_at_ms FROM tasks WHERE uid = ?").pluck();
  // A reply comes directly before its calls, so the message before the reply is the newest one before it.
  const before = sqlite.prepare(`
    SELECT call.call_id AS callId, (
        SELECT max(older.id) FROM messages AS older WHERE older.task_id = call.task_id AND older.id < (
          SELECT max(reply.id) FROM messages AS reply
          WHERE reply.task_id = call.task_id AND reply.id < call.id AND reply.kind = ${REPLY})) AS seq
    FROM messages AS call WHERE call.task_id = ? AND call.kind = ${CALL}`);
  return {
    repliesBefore: (taskId) =>
      (before.all(taskId) as { callId: string; seq: number | null }[]).flatMap(({ callId, seq }) =>
        seq === null ? [] : [{ callId, seq }],
      ),
    createdAtMs: (taskUid) => created.get(taskUid) as number,
    spentIn: (taskUid) => spent.all(taskUid) as ReturnType<GoalQueries["spentIn"]>,
  };
}
