CREATE TABLE `goal_outcomes` (
	`tree` text PRIMARY KEY NOT NULL,
	`place` text NOT NULL,
	`arm` text NOT NULL,
	`succeeded` integer NOT NULL,
	`rounds` integer NOT NULL,
	`cost_usd` real NOT NULL,
	`met_again` integer NOT NULL,
	`ended_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `goal_outcomes_by_end` ON `goal_outcomes` (`ended_at_ms`);--> statement-breakpoint
CREATE TABLE `lesson_history` (
	`id` integer PRIMARY KEY NOT NULL,
	`lesson_id` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`by` text,
	`action` text NOT NULL,
	`detail` text NOT NULL,
	FOREIGN KEY (`lesson_id`) REFERENCES `lessons`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `lesson_history_of_lesson` ON `lesson_history` (`lesson_id`,`id`);--> statement-breakpoint
CREATE TABLE `lesson_sources` (
	`lesson_id` integer NOT NULL,
	`tree` text NOT NULL,
	`task` text NOT NULL,
	`evidence` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`lesson_id`, `tree`, `task`),
	FOREIGN KEY (`lesson_id`) REFERENCES `lessons`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `lesson_sources_of_tree` ON `lesson_sources` (`tree`);--> statement-breakpoint
CREATE TABLE `lesson_uses` (
	`lesson_id` integer NOT NULL,
	`unit` text NOT NULL,
	`task` text NOT NULL,
	`tree` text NOT NULL,
	`seq` integer NOT NULL,
	`why` text NOT NULL,
	`at_ms` integer NOT NULL,
	`outcome` text,
	`outcome_at_ms` integer,
	`wrong_by` text,
	PRIMARY KEY(`lesson_id`, `unit`),
	FOREIGN KEY (`lesson_id`) REFERENCES `lessons`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `lesson_uses_of_tree` ON `lesson_uses` (`tree`);--> statement-breakpoint
CREATE INDEX `lesson_uses_of_task` ON `lesson_uses` (`task`);--> statement-breakpoint
CREATE TABLE `lessons` (
	`id` integer PRIMARY KEY NOT NULL,
	`uid` text NOT NULL,
	`kind` text NOT NULL,
	`scope` text NOT NULL,
	`place` text,
	`trigger` text NOT NULL,
	`signature` text,
	`advice` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`maker` text NOT NULL,
	`twin` text NOT NULL,
	`is_approved` integer DEFAULT 0 NOT NULL,
	`is_tainted` integer DEFAULT 0 NOT NULL,
	`shown` integer DEFAULT 0 NOT NULL,
	`helped` integer DEFAULT 0 NOT NULL,
	`harmed` integer DEFAULT 0 NOT NULL,
	`last_used_ms` integer,
	`created_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `lessons_uid_unique` ON `lessons` (`uid`);--> statement-breakpoint
CREATE INDEX `lessons_of_signature` ON `lessons` (`signature`) WHERE signature IS NOT NULL;--> statement-breakpoint
CREATE INDEX `lessons_of_twin` ON `lessons` (`twin`);--> statement-breakpoint
CREATE INDEX `lessons_of_place` ON `lessons` (`place`,`kind`,`id`);--> statement-breakpoint
CREATE INDEX `lessons_by_use` ON `lessons` (`status`,`shown`,`id`);--> statement-breakpoint
CREATE VIRTUAL TABLE `lessons_fts` USING fts5(`trigger`, `advice`, content='', contentless_delete=1, detail='column', tokenize='unicode61 remove_diacritics 2');
