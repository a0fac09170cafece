CREATE TABLE `failures` (
	`kind` text NOT NULL,
	`task_id` integer NOT NULL,
	`tree_id` integer NOT NULL,
	`turn` integer NOT NULL,
	`agent` text NOT NULL,
	`repository` text,
	`seq` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`is_helped` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`kind`, `task_id`, `turn`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `failures_at` ON `failures` (`at_ms`);--> statement-breakpoint
CREATE INDEX `failures_of_agent` ON `failures` (`agent`,`at_ms`);--> statement-breakpoint
CREATE INDEX `failures_of_repository` ON `failures` (`repository`,`at_ms`) WHERE repository IS NOT NULL;--> statement-breakpoint
CREATE INDEX `failures_of_task` ON `failures` (`task_id`);--> statement-breakpoint
CREATE INDEX `failures_of_tree` ON `failures` (`tree_id`);