CREATE TABLE `work_counts` (
	`day` integer NOT NULL,
	`name` text NOT NULL,
	`labels` text NOT NULL,
	`up_to_ms` integer NOT NULL,
	`events` integer NOT NULL,
	`sum` real NOT NULL,
	PRIMARY KEY(`day`, `name`, `labels`, `up_to_ms`)
) STRICT;
