ALTER TABLE `trees` ADD `copied_tokens` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `trees` ADD `copied_micro_usd` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `trees` ADD `snapshot` text;