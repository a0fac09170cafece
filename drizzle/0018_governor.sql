CREATE TABLE `limit_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`at_ms` integer NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`level` text NOT NULL,
	`was` text NOT NULL,
	`used` real,
	`max` real,
	`about` text,
	`is_alert` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `limit_events_uid_unique` ON `limit_events` (`uid`);--> statement-breakpoint
CREATE INDEX `limit_events_at` ON `limit_events` (`at_ms`);--> statement-breakpoint
CREATE INDEX `limit_events_of` ON `limit_events` (`name`);--> statement-breakpoint
CREATE INDEX `tasks_rounds` ON `tasks` (`started_at_ms`) WHERE model = 'iteration';