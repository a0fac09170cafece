CREATE TABLE `promotion_targets` (
	`id` integer PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`name` text NOT NULL,
	`plan_command` text,
	`deploy_command` text NOT NULL,
	`smoke_command` text,
	`rollback_command` text,
	`secrets` text NOT NULL,
	`plan_secrets` text NOT NULL,
	`hosts` text NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `promotion_targets_by_name` ON `promotion_targets` (`project_id`,`name`);--> statement-breakpoint
CREATE TABLE `promotions` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`target_id` integer NOT NULL,
	`kind` text NOT NULL,
	`branch` text,
	`commit_oid` text,
	`former_oid` text,
	`state` text NOT NULL,
	`why` text,
	`plan` text,
	`asked_by` text NOT NULL,
	`decided_by` text,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	FOREIGN KEY (`target_id`) REFERENCES `promotion_targets`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `promotions_uid_unique` ON `promotions` (`uid`);--> statement-breakpoint
CREATE INDEX `promotions_of` ON `promotions` (`target_id`);--> statement-breakpoint
CREATE INDEX `promotions_by_state` ON `promotions` (`state`);