ALTER TABLE `reviews` ADD `level` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `why` text;