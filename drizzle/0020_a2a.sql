CREATE TABLE `a2a_messages` (
	`id` integer PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`message_id` text NOT NULL,
	`tree` text NOT NULL,
	`hash` text NOT NULL,
	`body` text NOT NULL,
	`is_done` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `a2a_messages_once` ON `a2a_messages` (`owner`,`message_id`);--> statement-breakpoint
CREATE INDEX `a2a_messages_of_tree` ON `a2a_messages` (`tree`);--> statement-breakpoint
CREATE TABLE `a2a_pushes` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tree` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`has_secret` integer DEFAULT 0 NOT NULL,
	`told` text,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `a2a_pushes_uid_unique` ON `a2a_pushes` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `a2a_pushes_once` ON `a2a_pushes` (`tree`,`name`);--> statement-breakpoint
CREATE TABLE `a2a_tasks` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree` text NOT NULL,
	`owner` text NOT NULL,
	`context` text NOT NULL,
	`refused` text,
	`ended` text,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `a2a_tasks_tree_unique` ON `a2a_tasks` (`tree`);--> statement-breakpoint
CREATE INDEX `a2a_tasks_of_owner` ON `a2a_tasks` (`owner`,`id`);