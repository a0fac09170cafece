CREATE TABLE `project_repositories` (
	`key` text PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`branch` text,
	`check_command` text,
	`check_by` text,
	`check_at_ms` integer,
	`setup_command` text,
	`found` text NOT NULL,
	`defaults` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_name_unique` ON `projects` (`name`);--> statement-breakpoint
ALTER TABLE `trees` ADD `repository` text;--> statement-breakpoint
CREATE INDEX `trees_of_repository` ON `trees` (`repository`) WHERE repository IS NOT NULL;