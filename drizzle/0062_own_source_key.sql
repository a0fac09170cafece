-- A tree in a copy of Banyan's own source is of the project banyan:self, whichever commit it began from.
UPDATE `trees` SET `repository` = 'banyan:self' WHERE `repository` GLOB 'banyan/self@*';
--> statement-breakpoint
UPDATE `lessons` SET `place` = 'banyan:self' WHERE `place` GLOB 'banyan:self@*';
