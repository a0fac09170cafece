ALTER TABLE `workers` ADD `home` text;--> statement-breakpoint
ALTER TABLE `workers` ADD `launch` integer;--> statement-breakpoint
ALTER TABLE `workers` ADD `release` integer;