CREATE TABLE `page_times` (
	`hour_ms` integer NOT NULL,
	`step` integer NOT NULL,
	`pages` integer NOT NULL,
	PRIMARY KEY(`hour_ms`, `step`)
) STRICT;
--> statement-breakpoint
ALTER TABLE `forge_issues` ADD `taken_back_at_ms` integer;--> statement-breakpoint
ALTER TABLE `forge_issues` ADD `taken_back_read_ms` integer;