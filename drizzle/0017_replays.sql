CREATE TABLE `trial_replays` (
	`trial_id` integer NOT NULL,
	`source` text NOT NULL,
	`side` text NOT NULL,
	`decides` integer NOT NULL,
	`tree` text NOT NULL,
	`status` text NOT NULL,
	`why` text,
	`passed` integer,
	`tokens` integer DEFAULT 0 NOT NULL,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`trial_id`, `source`, `side`),
	FOREIGN KEY (`trial_id`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `trial_replays_tree_unique` ON `trial_replays` (`tree`);--> statement-breakpoint
ALTER TABLE `trials` ADD `replays` text;