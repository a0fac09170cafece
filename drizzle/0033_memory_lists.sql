CREATE INDEX `lessons_by_kind` ON `lessons` (`status`,`kind`,`shown`,`id`,`reason`);--> statement-breakpoint
CREATE INDEX `lessons_seeded` ON `lessons` (`status`,`kind`) WHERE reason = 'seeded';