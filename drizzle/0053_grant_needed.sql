ALTER TABLE `tasks` ADD `needed_tokens` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `needed_micro_usd` integer;