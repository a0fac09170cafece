CREATE TABLE `tainted_folders` (
	`path` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
