CREATE TABLE `environments` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`project_id` integer NOT NULL,
	`name` text NOT NULL,
	`branch` text,
	`pull` integer,
	`commit_oid` text,
	`command` text,
	`variables` text NOT NULL,
	`secrets` text NOT NULL,
	`state` text NOT NULL,
	`why` text,
	`socket` text,
	`wanted_checks` text,
	`checks` text,
	`keep_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`used_at_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `environments_uid_unique` ON `environments` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `environments_by_name` ON `environments` (`project_id`,`name`);--> statement-breakpoint
CREATE INDEX `environments_state` ON `environments` (`state`);--> statement-breakpoint
ALTER TABLE `projects` ADD `service` text DEFAULT '{}' NOT NULL;