CREATE TABLE `person_verdicts` (
	`tree_id` integer PRIMARY KEY NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `trial_trees` (
	`trial_id` integer NOT NULL,
	`tree_id` integer NOT NULL,
	`side` text NOT NULL,
	PRIMARY KEY(`trial_id`, `tree_id`),
	FOREIGN KEY (`trial_id`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `trial_trees_of_tree` ON `trial_trees` (`tree_id`);--> statement-breakpoint
CREATE TABLE `trials` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`base_version` integer NOT NULL,
	`version` integer NOT NULL,
	`hash` text NOT NULL,
	`metric` text NOT NULL,
	`review` text NOT NULL,
	`task` text NOT NULL,
	`proposed_by` text NOT NULL,
	`approved_by` text NOT NULL,
	`status` text NOT NULL,
	`outcome` text,
	`figures` text,
	`started_at_ms` integer NOT NULL,
	`ends_at_ms` integer NOT NULL,
	`ended_by` text,
	`ended_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `trials_uid_unique` ON `trials` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `trials_open` ON `trials` (`kind`,`name`) WHERE status = 'open';--> statement-breakpoint
CREATE INDEX `trials_of_entry` ON `trials` (`kind`,`name`);--> statement-breakpoint
ALTER TABLE `proposals` ADD `version` integer;