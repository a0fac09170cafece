ALTER TABLE `approval_rules` ADD `only_tree` text;--> statement-breakpoint
ALTER TABLE `approval_rules` ADD `most_uses` integer;