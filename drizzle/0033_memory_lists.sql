DROP INDEX `lessons_by_use`;--> statement-breakpoint
CREATE INDEX `lessons_seeded` ON `lessons` (`status`,`kind`) WHERE reason = 'seeded';--> statement-breakpoint
CREATE INDEX `lessons_by_use` ON `lessons` (`status`,`kind`,`shown`,`id`,`reason`);