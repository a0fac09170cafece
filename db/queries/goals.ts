import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { AWAITED, AWAITED_UNTIL } from "./reviews";

const CALL = KINDS.indexOf("tool_call");
const REPLY = KINDS.indexOf("agent_response");

export interface GoalQueries {
  /** Returns the message before the reply of each call: a fork there makes the call again. */
  repliesBefore(taskId: number): { callId: string; seq: number }[];
  /** Returns what the tasks of a branch spent, by agent. */
  spentIn(taskUid: string): { agent: string; tokens: number; microUsd: number }[];
  /**
   * Returns how long the tree of a task has worked since a time, or since the task began, in ms: without the time in which
   * a person was asked or a task was paused, and without what was before the tree.
   */
  workedMs(taskUid: string, sinceMs: number | null, nowMs: number): number;
}

export function createGoalQueries(sqlite: Sqlite): GoalQueries {
  const spent = sqlite.prepare(`
    WITH RECURSIVE branch(id) AS (
      SELECT id FROM tasks WHERE uid = ? UNION ALL SELECT tasks.id FROM tasks JOIN branch ON tasks.parent_id = branch.id)
    SELECT agent, sum(tokens_in + tokens_out) AS tokens, sum(micro_usd) AS microUsd
    FROM tasks WHERE id IN (SELECT id FROM branch) GROUP BY agent`);
  // A reply comes directly before its calls, so the message before the reply is the newest one before it.
  const before = sqlite.prepare(`
    SELECT call.call_id AS callId, (
        SELECT max(older.id) FROM messages AS older WHERE older.task_id = call.task_id AND older.id < (
          SELECT max(reply.id) FROM messages AS reply
          WHERE reply.task_id = call.task_id AND reply.id < call.id AND reply.kind = ${REPLY})) AS seq
    FROM messages AS call WHERE call.task_id = ? AND call.kind = ${CALL}`);
  const begun = sqlite.prepare(`
    SELECT task.tree_id AS treeId, task.created_at_ms AS taskMs, tree.created_at_ms AS treeMs
    FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE task.uid = ?`);
  const waits = sqlite.prepare(`
    SELECT max(created_at_ms, @begin) AS begin, min(coalesce(${AWAITED_UNTIL}, @now), @now) AS end FROM reviews
    WHERE tree_id = @treeId AND ${AWAITED}
    UNION ALL
    SELECT max(created_at_ms, @begin), min(coalesce(closed_at_ms, @now), @now) FROM pauses WHERE tree_id = @treeId
    ORDER BY begin`);
  return {
    workedMs(taskUid, sinceMs, nowMs) {
      const { treeId, taskMs, treeMs } = begun.get(taskUid) as { treeId: number; taskMs: number; treeMs: number };
      const begin = Math.max(sinceMs ?? taskMs, treeMs);
      let [waited, until] = [0, begin];
      for (const wait of waits.all({ treeId, begin, now: nowMs }) as { begin: number; end: number }[]) {
        // Questions of several tasks can be open at once.
        waited += Math.max(0, wait.end - Math.max(wait.begin, until));
        until = Math.max(until, wait.end);
      }
      return Math.max(0, nowMs - begin - waited);
    },
    repliesBefore: (taskId) =>
      (before.all(taskId) as { callId: string; seq: number | null }[]).flatMap(({ callId, seq }) =>
        seq === null ? [] : [{ callId, seq }],
      ),
    spentIn: (taskUid) => spent.all(taskUid) as ReturnType<GoalQueries["spentIn"]>,
  };
}
