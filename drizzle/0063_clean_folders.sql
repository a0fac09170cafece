CREATE TABLE `clean_folders` (
	`path` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`by` text NOT NULL
) STRICT;
