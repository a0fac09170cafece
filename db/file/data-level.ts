/**
 * The level of a database: which generation of entries, events, enums, JSON and seeds it may hold. A release reads all
 * levels up to `reads` and writes `writes`. Migrations do not raise it: they only add, so that an older release can use
 * a newer schema.
 */
import { StoreError } from "./errors";
import { createFacts } from "./facts";
import type { Sqlite } from "./sqlite";

export interface DataLevels {
  writes: number;
  reads: number;
}

/**
 * Raise `writes` with a change that a release of the level before cannot ignore: first a release that reads it, later
 * one that writes it. One level ahead is readable, because unknown entries and events change nothing in the fold.
 * A letter of an unknown kind is not ignored, whatever the level: db/records/mail.ts stores it as a kind that was there.
 */
export const DATA_LEVELS: DataLevels = { writes: 1, reads: 2 };

const FACT = "data_level";

/** Returns the level of an opened database; 1 when none was stored yet. */
export function levelOf(sqlite: Sqlite): number {
  const hasFacts = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'facts'").get();
  if (!hasFacts) return 1;
  return Number(createFacts(sqlite).read(FACT) ?? 1);
}

/** Throws StoreError `newer` when this release cannot read all that the database may hold. */
export function refuseNewerLevel(sqlite: Sqlite, file: string, { reads }: DataLevels): void {
  const level = levelOf(sqlite);
  if (level <= reads) return;
  throw new StoreError(
    "newer",
    `A newer version of Banyan wrote the database ${file} (level ${level}; this version reads up to ${reads}): start that version, or restore an older backup with \`banyan restore FILE\`.`,
  );
}

/** Stores that entries of the release's level may follow. A level is never lowered. */
export function raiseLevel(sqlite: Sqlite, { writes }: DataLevels): void {
  if (levelOf(sqlite) < writes) createFacts(sqlite).write(FACT, String(writes));
}
