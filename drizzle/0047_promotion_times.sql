ALTER TABLE `promotions` ADD `contract` text;--> statement-breakpoint
ALTER TABLE `promotions` ADD `asked_at_ms` integer;--> statement-breakpoint
ALTER TABLE `promotions` ADD `decided_at_ms` integer;