ALTER TABLE `trees` ADD `had_files` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
UPDATE `trees` SET `had_files` = 1 WHERE `in_place` = 1 OR EXISTS (
	SELECT 1 FROM `messages` WHERE `task_id` = `trees`.`root_id` AND `turn` = 0 AND `kind` = 6
		AND `body` ->> '$.type' = 'note' AND `body` ->> '$.repository' IS NOT NULL
);
--> statement-breakpoint
WITH RECURSIVE `began` (`uid`) AS (
	SELECT `uid` FROM `trees` WHERE `had_files` = 1
	UNION SELECT `trees`.`uid` FROM `trees` JOIN `began` ON `trees`.`forked_from` = `began`.`uid`
)
UPDATE `trees` SET `had_files` = 1 WHERE `uid` IN (SELECT `uid` FROM `began`);
