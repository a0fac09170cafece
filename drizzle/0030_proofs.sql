CREATE TABLE `shared_proofs` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`tree_id` integer NOT NULL,
	`task` text,
	`link_hash` text NOT NULL,
	`body` text NOT NULL,
	`body_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`ended_by` text,
	`ended_at_ms` integer,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `shared_proofs_uid_unique` ON `shared_proofs` (`uid`);--> statement-breakpoint
CREATE UNIQUE INDEX `shared_proofs_link_hash_unique` ON `shared_proofs` (`link_hash`);--> statement-breakpoint
CREATE INDEX `shared_proofs_of_tree` ON `shared_proofs` (`tree_id`,`id`);