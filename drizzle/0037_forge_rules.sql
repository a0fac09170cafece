ALTER TABLE `forge_issues` ADD `measured` text;--> statement-breakpoint
ALTER TABLE `forge_links` ADD `rules` text DEFAULT '' NOT NULL;