CREATE TABLE `attachments` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`turn` integer NOT NULL,
	`blob_id` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `attachments_of_task` ON `attachments` (`task_id`);--> statement-breakpoint
CREATE INDEX `attachments_of_tree` ON `attachments` (`tree_id`);