CREATE TABLE `flag_looks` (
	`review` text PRIMARY KEY NOT NULL,
	`tree` text NOT NULL,
	`about` text NOT NULL,
	`is_opened` integer DEFAULT 0 NOT NULL,
	`is_told` integer DEFAULT 0 NOT NULL
) STRICT;
