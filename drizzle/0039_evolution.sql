CREATE TABLE `evolution_cycles` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`project_id` integer NOT NULL,
	`run_id` integer NOT NULL,
	`insight` text NOT NULL,
	`insight_uid` text NOT NULL,
	`score` real NOT NULL,
	`paths` text NOT NULL,
	`tree` text NOT NULL,
	`begun_at_ms` integer,
	`state` text NOT NULL,
	`why` text,
	`tries` integer DEFAULT 1 NOT NULL,
	`refusals` text DEFAULT '[]' NOT NULL,
	`words` text,
	`cap_micro_usd` integer NOT NULL,
	`snapshot` text,
	`branch` text,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `evolution_runs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `evolution_cycles_uid_unique` ON `evolution_cycles` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `evolution_cycles_tree_unique` ON `evolution_cycles` (`tree`);--> statement-breakpoint
CREATE INDEX `evolution_cycles_of` ON `evolution_cycles` (`project_id`);--> statement-breakpoint
CREATE INDEX `evolution_cycles_by_state` ON `evolution_cycles` (`state`);--> statement-breakpoint
CREATE TABLE `evolution_runs` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`project_id` integer NOT NULL,
	`cause` text NOT NULL,
	`maker` text NOT NULL,
	`cycles_max` integer NOT NULL,
	`insight` text,
	`state` text NOT NULL,
	`why` text,
	`created_at_ms` integer NOT NULL,
	`ended_at_ms` integer,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `evolution_runs_uid_unique` ON `evolution_runs` (`uid`);--> statement-breakpoint
CREATE INDEX `evolution_runs_of` ON `evolution_runs` (`project_id`);--> statement-breakpoint
CREATE TABLE `evolutions` (
	`project_id` integer PRIMARY KEY NOT NULL,
	`rules` text NOT NULL,
	`stopped_at_ms` integer,
	`stopped_by` text,
	`stopped_why` text,
	`counted_from_ms` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
ALTER TABLE `forge_issues` ADD `cycle` text;--> statement-breakpoint
ALTER TABLE `schedule_runs` ADD `evolution` text;