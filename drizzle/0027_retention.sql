ALTER TABLE `trees` ADD `pinned_by` text;--> statement-breakpoint
ALTER TABLE `trees` ADD `pinned_at_ms` integer;--> statement-breakpoint
ALTER TABLE `trees` ADD `seen_at_ms` integer;--> statement-breakpoint
CREATE INDEX `trees_by_end` ON `trees` (`ended_at_ms`,`id`) WHERE ended_at_ms IS NOT NULL;--> statement-breakpoint
CREATE INDEX `trees_in_place` ON `trees` (`workspace`) WHERE in_place = 1;--> statement-breakpoint
CREATE INDEX `attempts_of_tree` ON `attempts` (`tree_id`);--> statement-breakpoint
CREATE INDEX `blobs_unused` ON `blobs` (`id`) WHERE uses <= 0;--> statement-breakpoint
CREATE INDEX `dependencies_of_tree` ON `dependencies` (`tree_id`);