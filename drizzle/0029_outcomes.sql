ALTER TABLE `trees` ADD `tasks_failed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `trees` ADD `tasks_stopped` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `trees_forked` ON `trees` (`forked_from`) WHERE forked_from IS NOT NULL--> statement-breakpoint
-- How many of the tasks that a tree counts failed or were stopped; see db/records/tree-counts.ts.
UPDATE trees SET (tasks_failed, tasks_stopped) = (
  SELECT count(*) FILTER (WHERE task.status = 'failed'), count(*) FILTER (WHERE task.status = 'stopped')
  FROM tasks task WHERE task.tree_id = trees.id
    AND task.role = 'work' AND NOT (task.agent = 'agent_selector' AND EXISTS (
      SELECT 1 FROM tasks pick WHERE pick.parent_id = task.id AND pick.role = 'work')));
