CREATE TABLE `agents` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`description` text NOT NULL,
	`seed_hash` text,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `attempts` (
	`task_id` integer NOT NULL,
	`attempt` integer NOT NULL,
	`tree_id` integer NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`result_seq` integer NOT NULL,
	`ended_at_ms` integer NOT NULL,
	PRIMARY KEY(`task_id`, `attempt`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `blobs` (
	`id` integer PRIMARY KEY NOT NULL,
	`hash` blob NOT NULL,
	`size_bytes` integer NOT NULL,
	`uses` integer NOT NULL,
	`data` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `blobs_hash_unique` ON `blobs` (`hash`);--> statement-breakpoint
CREATE TABLE `config_versions` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`body` text NOT NULL,
	`origin` text NOT NULL,
	`by` text NOT NULL,
	`why` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`kind`, `name`, `version`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `dependencies` (
	`task_id` integer NOT NULL,
	`on_id` integer NOT NULL,
	`tree_id` integer NOT NULL,
	PRIMARY KEY(`task_id`, `on_id`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `dependencies_on` ON `dependencies` (`on_id`);--> statement-breakpoint
CREATE TABLE `documents` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`description` text NOT NULL,
	`seed_hash` text,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `facts` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `letters` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`body` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `letters_of_task` ON `letters` (`task_id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`turn` integer NOT NULL,
	`kind` integer NOT NULL,
	`tool` text,
	`call_id` text,
	`body` text,
	`blob_id` integer,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `messages_of_task` ON `messages` (`task_id`);--> statement-breakpoint
CREATE INDEX `messages_of_tree` ON `messages` (`tree_id`);--> statement-breakpoint
CREATE TABLE `pauses` (
	`id` integer PRIMARY KEY NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`scope` text NOT NULL,
	`by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`closed_by` text,
	`closed_at_ms` integer,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `pauses_open` ON `pauses` (`tree_id`) WHERE closed_at_ms IS NULL;--> statement-breakpoint
CREATE TABLE `proposals` (
	`id` integer PRIMARY KEY NOT NULL,
	`review_id` integer,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`base_version` integer,
	`body` text NOT NULL,
	`hash` text NOT NULL,
	`status` text NOT NULL,
	`proposed_by` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tree_id` integer NOT NULL,
	`task_id` integer NOT NULL,
	`addressee_id` integer,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`detail` text NOT NULL,
	`evidence` text,
	`attention` integer NOT NULL,
	`status` text NOT NULL,
	`answer` text,
	`created_at_ms` integer NOT NULL,
	`decided_by` text,
	`decided_at_ms` integer,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `reviews_uid_unique` ON `reviews` (`uid`);--> statement-breakpoint
CREATE INDEX `reviews_open` ON `reviews` (`attention`) WHERE status = 'open';--> statement-breakpoint
CREATE INDEX `reviews_of_task` ON `reviews` (`task_id`);--> statement-breakpoint
CREATE INDEX `reviews_of_tree` ON `reviews` (`tree_id`);--> statement-breakpoint
CREATE TABLE `runbooks` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`description` text NOT NULL,
	`seed_hash` text,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`expires_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tree_id` integer NOT NULL,
	`parent_id` integer,
	`role` text NOT NULL,
	`purpose` text,
	`agent` text NOT NULL,
	`model` text NOT NULL,
	`title` text NOT NULL,
	`depth` integer NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`detail` text,
	`wait_kind` text,
	`parked_until_ms` integer,
	`attempt` integer DEFAULT 1 NOT NULL,
	`length` integer DEFAULT 0 NOT NULL,
	`turns` integer DEFAULT 0 NOT NULL,
	`headline` text DEFAULT '' NOT NULL,
	`tokens_in` integer DEFAULT 0 NOT NULL,
	`tokens_out` integer DEFAULT 0 NOT NULL,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	`result_seq` integer,
	`grant_tokens` integer,
	`grant_micro_usd` integer,
	`grant_tasks` integer,
	`grant_depth` integer,
	`grant_seconds` integer,
	`reserved_tokens` integer DEFAULT 0 NOT NULL,
	`reserved_micro_usd` integer DEFAULT 0 NOT NULL,
	`given_tokens` integer DEFAULT 0 NOT NULL,
	`given_micro_usd` integer DEFAULT 0 NOT NULL,
	`given_tasks` integer DEFAULT 0 NOT NULL,
	`lease` integer DEFAULT 0 NOT NULL,
	`worker_id` integer,
	`holds` integer DEFAULT 0 NOT NULL,
	`stop_requested` integer DEFAULT 0 NOT NULL,
	`letters` integer DEFAULT 0 NOT NULL,
	`awaited` integer DEFAULT 0 NOT NULL,
	`active_count` integer DEFAULT 0 NOT NULL,
	`active_since_ms` integer,
	`active_ms` integer DEFAULT 0 NOT NULL,
	`turns_allowed` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`ended_at_ms` integer,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_uid_unique` ON `tasks` (`uid`);--> statement-breakpoint
CREATE INDEX `tasks_of_tree` ON `tasks` (`tree_id`);--> statement-breakpoint
CREATE INDEX `tasks_of_parent` ON `tasks` (`parent_id`) WHERE parent_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_ready` ON `tasks` (priority DESC,`id`) WHERE status = 'ready';--> statement-breakpoint
CREATE INDEX `tasks_running` ON `tasks` (`worker_id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `tasks_stopped` ON `tasks` (`worker_id`) WHERE stop_requested = 1;--> statement-breakpoint
CREATE INDEX `tasks_parked` ON `tasks` (`parked_until_ms`) WHERE status = 'parked';--> statement-breakpoint
CREATE INDEX `tasks_open` ON `tasks` (`tree_id`) WHERE ended_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `tasks_awaited` ON `tasks` (`parent_id`) WHERE awaited = 1 AND ended_at_ms IS NULL;--> statement-breakpoint
CREATE TABLE `tools` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`description` text NOT NULL,
	`seed_hash` text,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `trees` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`title` text NOT NULL,
	`root_id` integer,
	`workspace` text NOT NULL,
	`in_place` integer NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`created_by` text NOT NULL,
	`cap_tokens` integer,
	`cap_micro_usd` integer,
	`cap_tasks` integer,
	`cap_depth` integer,
	`cap_seconds` integer,
	`tokens_in` integer DEFAULT 0 NOT NULL,
	`tokens_out` integer DEFAULT 0 NOT NULL,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	`tasks_total` integer DEFAULT 0 NOT NULL,
	`tasks_ended` integer DEFAULT 0 NOT NULL,
	`work_total` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`ended_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `trees_uid_unique` ON `trees` (`uid`);--> statement-breakpoint
CREATE INDEX `trees_open` ON `trees` (`id`) WHERE ended_at_ms IS NULL;--> statement-breakpoint
CREATE TABLE `workers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`role` text NOT NULL,
	`pid` integer NOT NULL,
	`pid_namespace` text NOT NULL,
	`process_start` text NOT NULL,
	`boot_id` text NOT NULL,
	`address` text,
	`heartbeat` integer DEFAULT 0 NOT NULL,
	`started_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE VIRTUAL TABLE `messages_fts` USING fts5(text, content='', contentless_delete=1, detail='column');
