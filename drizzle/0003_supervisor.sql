ALTER TABLE `interventions` ADD `asked_in` text;--> statement-breakpoint
CREATE INDEX `interventions_asked` ON `interventions` (`id`) WHERE action = 'asked';