CREATE TABLE `forge_pulls` (
	`id` integer PRIMARY KEY NOT NULL,
	`issue_id` integer NOT NULL,
	`folder` text NOT NULL,
	`state` text NOT NULL,
	`why` text,
	`snapshot` text,
	`head` text,
	`base` text,
	`measured` text,
	`pull` integer,
	`pull_url` text,
	`seen` text DEFAULT '[]' NOT NULL,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `forge_issues`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `forge_pulls_once` ON `forge_pulls` (`issue_id`,`folder`);--> statement-breakpoint
CREATE TABLE `repositories` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`folder` text NOT NULL,
	`address` text NOT NULL,
	`keys` text NOT NULL,
	`branch` text,
	`check_command` text,
	`check_by` text,
	`check_at_ms` integer,
	`setup_command` text,
	`found` text NOT NULL,
	`needs` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `repositories_by_folder` ON `repositories` (`project_id`,`folder`);--> statement-breakpoint
ALTER TABLE `projects` ADD `needs` text DEFAULT '[]' NOT NULL;