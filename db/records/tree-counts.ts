/**
 * Which tasks `trees.tasks_total` and `trees.tasks_ended` count: those that a tree's outline shows by default. It hides
 * finishing tasks, and an agent_selector behind the task that it chose. `isCounted` says the same of a folded log.
 */
import { SELECTOR } from "@/core/selection";
import type { Sqlite } from "@/db/file/client";

/** SQL that is 1 for a counted task; `task` names its row. */
const counted = (task: string) =>
  `(${task}.role = 'work' AND NOT (${task}.agent = '${SELECTOR}' AND EXISTS (
    SELECT 1 FROM tasks pick WHERE pick.parent_id = ${task}.id AND pick.role = 'work')))`;

/** SQL of both numbers for the tasks of the tree that `tree` names; it fits `UPDATE trees SET (tasks_total, tasks_ended) = (…)`. */
export const treeCounts = (tree: string) =>
  `SELECT count(*), count(task.ended_at_ms) FROM tasks task WHERE task.tree_id = ${tree} AND ${counted("task")}`;

const isCounted = `(SELECT ${counted("one")} FROM tasks one WHERE one.id = @task)`;

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
    countEnded: sqlite.prepare(`
      UPDATE trees SET tasks_ended = tasks_ended + ${isCounted} WHERE id = (SELECT tree_id FROM tasks WHERE id = @task)`),
  };
}

/** The statement for a task that is retried. */
export const COUNT_REOPENED = `
  UPDATE trees SET ended_at_ms = NULL, tasks_ended = tasks_ended - ${isCounted}
  WHERE id = (SELECT tree_id FROM tasks WHERE id = @task)`;
