/**
 * Which tasks `trees.tasks_total`, `tasks_ended`, `tasks_failed` and `tasks_stopped` count: those that a tree's outline
 * shows by default. It hides finishing tasks, and an agent_selector behind the task that it chose. `isCounted` says the
 * same of a folded log.
 */
import { SELECTOR } from "@/core/selection";
import type { Sqlite } from "@/db/file/client";

/** SQL that is 1 for a counted task; `task` names its row. */
export const countedTask = (task: string) =>
  `(${task}.role = 'work' AND NOT (${task}.agent = '${SELECTOR}' AND EXISTS (
    SELECT 1 FROM tasks pick WHERE pick.parent_id = ${task}.id AND pick.role = 'work')))`;

/** SQL that sets all four numbers from the tasks of the tree that `tree` names; it stands behind `UPDATE trees SET`. */
export const setTreeCounts = (tree: string) => `(tasks_total, tasks_ended, tasks_failed, tasks_stopped) = (
  SELECT count(*), count(task.ended_at_ms), count(*) FILTER (WHERE task.status = 'failed'),
    count(*) FILTER (WHERE task.status = 'stopped')
  FROM tasks task WHERE task.tree_id = ${tree} AND ${countedTask("task")})`;

/** SQL that adds the end of a task with the status `@status`, or with `-` takes it back. */
const countEnd = (sign: "+" | "-") => `
  tasks_ended = tasks_ended ${sign} counted, tasks_failed = tasks_failed ${sign} counted * (@status = 'failed'),
  tasks_stopped = tasks_stopped ${sign} counted * (@status = 'stopped')
  FROM (SELECT tree_id, ${countedTask("task")} AS counted FROM tasks task WHERE task.id = @task) ending
  WHERE trees.id = ending.tree_id`;

/** Statements that keep the counts without reading the other tasks of the tree. Each gets the id of the task. */
export function countStatements(sqlite: Sqlite) {
  return {
    /** After the insert. The first task that a selector starts takes the selector's place. */
    countTask: sqlite.prepare(`
      UPDATE trees SET work_total = work_total + (child.role = 'work'), tasks_total = tasks_total + (
        child.role = 'work' AND NOT (parent.agent = '${SELECTOR}' AND NOT EXISTS (
          SELECT 1 FROM tasks other WHERE other.parent_id = parent.id AND other.role = 'work' AND other.id <> child.id)))
      FROM tasks child JOIN tasks parent ON parent.id = child.parent_id
      WHERE child.id = @task AND trees.id = child.tree_id`),
    /** Also gets the status with which it ended. */
    countEnded: sqlite.prepare(`UPDATE trees SET ${countEnd("+")}`),
  };
}

/** The statement for a task that is retried, with the status with which it had ended. */
export const COUNT_REOPENED = `UPDATE trees SET ended_at_ms = NULL, ${countEnd("-")}`;
