CREATE TABLE `api_tokens` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`task` text,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`last_used_at_ms` integer,
	`revoked_by` text,
	`revoked_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_uid_unique` ON `api_tokens` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_hash_unique` ON `api_tokens` (`hash`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`tree` text NOT NULL,
	`detail` text NOT NULL,
	`hash` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_of_tree` ON `audit` (`tree`);--> statement-breakpoint
CREATE TABLE `folders` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree_id` integer NOT NULL,
	`task_uid` text NOT NULL,
	`copied_from` text,
	`base` text,
	`snapshot` text,
	`is_tainted` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `folders_task_uid_unique` ON `folders` (`task_uid`);--> statement-breakpoint
CREATE INDEX `folders_of_tree` ON `folders` (`tree_id`);--> statement-breakpoint
CREATE TABLE `outputs` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`call_id` text NOT NULL,
	`turn` integer NOT NULL,
	`chars` integer NOT NULL,
	`blob_id` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `outputs_of_task` ON `outputs` (`task_id`);--> statement-breakpoint
CREATE INDEX `outputs_of_tree` ON `outputs` (`tree_id`);--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`nonce` blob NOT NULL,
	`data` blob NOT NULL,
	`last_four` text NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `tool_states` (
	`name` text PRIMARY KEY NOT NULL,
	`calls` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`duration_ms` integer DEFAULT 0 NOT NULL,
	`last_used_at_ms` integer,
	`quarantine` text,
	`validated_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`removed_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_uid_unique` ON `users` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
ALTER TABLE `proposals` ADD `why` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `user_id` integer REFERENCES users(id);--> statement-breakpoint
ALTER TABLE `trees` ADD `is_tainted` integer DEFAULT 0 NOT NULL;