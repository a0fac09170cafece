CREATE TABLE `outside_calls` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tree` text NOT NULL,
	`agent` text NOT NULL,
	`task` text,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `outside_calls_uid_unique` ON `outside_calls` (`uid`);--> statement-breakpoint
CREATE INDEX `outside_calls_of_agent` ON `outside_calls` (`agent`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `outside_calls_of_tree` ON `outside_calls` (`tree`,`agent`,`task`);