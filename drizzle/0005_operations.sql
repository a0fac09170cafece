CREATE TABLE `measurements` (
	`at_ms` integer PRIMARY KEY NOT NULL,
	`cpu_percent` integer,
	`memory_percent` integer NOT NULL,
	`disk_percent` integer NOT NULL,
	`slots_used` integer NOT NULL,
	`queued` integer NOT NULL,
	`tokens` integer NOT NULL,
	`micro_usd` integer NOT NULL,
	`commits` integer NOT NULL
) STRICT;
--> statement-breakpoint
ALTER TABLE `workers` ADD `seen_at_ms` integer;