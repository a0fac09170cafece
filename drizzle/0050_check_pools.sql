CREATE TABLE `check_places` (
	`task_id` integer NOT NULL,
	`number` integer NOT NULL,
	`runner` text NOT NULL,
	`has_ended` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`task_id`, `number`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `check_pools` (
	`tree_id` integer PRIMARY KEY NOT NULL,
	`pool` text NOT NULL,
	`number` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
