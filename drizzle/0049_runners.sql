CREATE TABLE `drains` (
	`runner` text PRIMARY KEY NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `places` (
	`tree_id` integer PRIMARY KEY NOT NULL,
	`pool` text NOT NULL,
	`number` integer DEFAULT 0 NOT NULL,
	`runner` text,
	`boot_id` text,
	`lost_number` integer DEFAULT 0 NOT NULL,
	`base` text DEFAULT '{}' NOT NULL,
	`placed_at_ms` integer,
	FOREIGN KEY (`tree_id`) REFERENCES `trees`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `places_of_pool` ON `places` (`pool`);--> statement-breakpoint
CREATE INDEX `places_of_runner` ON `places` (`runner`);