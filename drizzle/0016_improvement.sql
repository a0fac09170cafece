CREATE TABLE `faults` (
	`kind` text NOT NULL,
	`task_id` integer NOT NULL,
	`tree_id` integer NOT NULL,
	`agent` text NOT NULL,
	`reason` text NOT NULL,
	`signature` text NOT NULL,
	`quote` text NOT NULL,
	`seq` integer,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`kind`, `task_id`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `faults_at` ON `faults` (`at_ms`);--> statement-breakpoint
CREATE INDEX `faults_of_task` ON `faults` (`task_id`);--> statement-breakpoint
CREATE INDEX `faults_of_tree` ON `faults` (`tree_id`);--> statement-breakpoint
CREATE TABLE `improvement_proposals` (
	`review` text PRIMARY KEY NOT NULL,
	`look_id` integer NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`base_version` integer,
	`body` text NOT NULL,
	`faults` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `improvement_looks` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`cause` text NOT NULL,
	`by` text,
	`at_ms` integer NOT NULL,
	`kinds` text NOT NULL,
	`tree` text,
	`is_opened` integer DEFAULT 0 NOT NULL,
	`note` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `improvement_looks_uid_unique` ON `improvement_looks` (`uid`);