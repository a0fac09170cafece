-- `tasks_total` and `tasks_ended` count what a tree's outline shows; see db/records/tree-counts.ts.
UPDATE trees SET (tasks_total, tasks_ended) = (
  SELECT count(*), count(task.ended_at_ms) FROM tasks task WHERE task.tree_id = trees.id
    AND task.role = 'work' AND NOT (task.agent = 'agent_selector' AND EXISTS (
      SELECT 1 FROM tasks pick WHERE pick.parent_id = task.id AND pick.role = 'work')));
