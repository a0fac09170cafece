CREATE TABLE `insight_looks` (
	`project_id` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`by` text NOT NULL,
	`figures` text NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `insights` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`uid` text NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`path` text NOT NULL,
	`line` integer NOT NULL,
	`end_line` integer NOT NULL,
	`symbol` text NOT NULL,
	`evidence` text NOT NULL,
	`score` real NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`state_by` text,
	`state_at_ms` integer NOT NULL,
	`dismissed_score` real,
	`first_seen_ms` integer NOT NULL,
	`last_seen_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `insights_by_uid` ON `insights` (`project_id`,`uid`);