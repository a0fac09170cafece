CREATE TABLE `forge_comments` (
	`issue_id` integer NOT NULL,
	`key` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`issue_id`, `key`),
	FOREIGN KEY (`issue_id`) REFERENCES `forge_issues`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `forge_issues` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`number` integer NOT NULL,
	`title` text NOT NULL,
	`url` text NOT NULL,
	`body` text NOT NULL,
	`author` text NOT NULL,
	`asked_by` text NOT NULL,
	`asked` text,
	`tree` text NOT NULL,
	`state` text NOT NULL,
	`why` text,
	`branch` text NOT NULL,
	`snapshot` text,
	`head` text,
	`base` text,
	`pull` integer,
	`pull_url` text,
	`rounds` integer DEFAULT 0 NOT NULL,
	`seen` text DEFAULT '[]' NOT NULL,
	`words` text,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `forge_issues_tree_unique` ON `forge_issues` (`tree`);--> statement-breakpoint
CREATE UNIQUE INDEX `forge_issues_once` ON `forge_issues` (`project_id`,`number`);--> statement-breakpoint
CREATE TABLE `forge_links` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`kind` text NOT NULL,
	`host` text NOT NULL,
	`api_url` text NOT NULL,
	`path` text NOT NULL,
	`clone_url` text NOT NULL,
	`label` text NOT NULL,
	`most_open` integer NOT NULL,
	`maker` text NOT NULL,
	`login` text,
	`etags` text DEFAULT '{}' NOT NULL,
	`comments_since_ms` integer NOT NULL,
	`next_at_ms` integer NOT NULL,
	`trouble` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`looked_at_ms` integer,
	`paused_at_ms` integer,
	`paused_by` text,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `forge_links_project_id_unique` ON `forge_links` (`project_id`);--> statement-breakpoint
CREATE INDEX `forge_links_due` ON `forge_links` (`next_at_ms`) WHERE paused_at_ms IS NULL;