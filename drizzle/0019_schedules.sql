CREATE TABLE `schedule_runs` (
	`id` integer PRIMARY KEY NOT NULL,
	`schedule_id` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`cause` text NOT NULL,
	`by` text,
	`outcome` text NOT NULL,
	`why` text,
	`tree` text,
	`blocked_by` text,
	`missed` integer DEFAULT 0 NOT NULL,
	`missed_since_ms` integer,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`schedule_id`) REFERENCES `schedules`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_runs_tree_unique` ON `schedule_runs` (`tree`);--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_runs_once` ON `schedule_runs` (`schedule_id`,`due_at_ms`,`cause`);--> statement-breakpoint
CREATE INDEX `schedule_runs_pending` ON `schedule_runs` (`id`) WHERE outcome = 'pending';--> statement-breakpoint
CREATE TABLE `schedules` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`name` text NOT NULL,
	`cron` text NOT NULL,
	`zone` text NOT NULL,
	`overlap` text NOT NULL,
	`submission` text NOT NULL,
	`maker` text NOT NULL,
	`next_at_ms` integer,
	`paused_at_ms` integer,
	`paused_by` text,
	`paused_why` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`removed_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `schedules_uid_unique` ON `schedules` (`uid`);--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`next_at_ms`) WHERE paused_at_ms IS NULL AND removed_at_ms IS NULL;