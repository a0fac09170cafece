CREATE TABLE `approval_rules` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tool` text NOT NULL,
	`agent` text,
	`subject` text,
	`why` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`revoked_by` text,
	`revoked_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `approval_rules_uid_unique` ON `approval_rules` (`uid`);--> statement-breakpoint
CREATE TABLE `daily_spend` (
	`day` text NOT NULL,
	`person` text NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`day`, `person`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `interventions` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`rule` text NOT NULL,
	`action` text NOT NULL,
	`evidence` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `interventions_of_task` ON `interventions` (`task_id`);--> statement-breakpoint
CREATE INDEX `interventions_of_tree` ON `interventions` (`tree_id`);--> statement-breakpoint
DROP INDEX `tasks_parked`;--> statement-breakpoint
ALTER TABLE `tasks` ADD `origin_id` integer;--> statement-breakpoint
CREATE INDEX `tasks_timed` ON `tasks` (`parked_until_ms`) WHERE parked_until_ms IS NOT NULL;--> statement-breakpoint
DROP INDEX `reviews_open`;--> statement-breakpoint
ALTER TABLE `reviews` ADD `blast_radius` integer DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE `reviews` ADD `uncertainty` integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE `reviews` ADD `if_ignored` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `subject` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `seq` integer;--> statement-breakpoint
ALTER TABLE `reviews` ADD `rule_id` integer;--> statement-breakpoint
CREATE INDEX `reviews_of_rule` ON `reviews` (`rule_id`) WHERE rule_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `reviews_open` ON `reviews` (`id`) WHERE status = 'open';--> statement-breakpoint
UPDATE `reviews` SET `blast_radius` = CASE WHEN `attention` >= 80 THEN 4 WHEN `attention` < 40 THEN 1 ELSE 2 END;--> statement-breakpoint
ALTER TABLE `reviews` DROP COLUMN `attention`;--> statement-breakpoint
ALTER TABLE `messages` ADD `origin_seq` integer;--> statement-breakpoint
ALTER TABLE `trees` ADD `forked_from` text;--> statement-breakpoint
ALTER TABLE `trees` ADD `fork_seq` integer;--> statement-breakpoint
ALTER TABLE `trees` ADD `pending_snapshot` text;--> statement-breakpoint
ALTER TABLE `trees` ADD `is_system` integer DEFAULT 0 NOT NULL;