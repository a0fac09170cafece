/** Retention as pages and programs see it. */
import type { GoesFor, KeptFor } from "@/core/rules/retention";

/** When ended trees are removed. */
export interface RetentionSettings {
  /** Days after a tree's end after which it is removed; null: age removes nothing. */
  days: number | null;
  /** Most megabytes of database and workspaces; null: size removes nothing. */
  max_mb: number | null;
  /** Whether trees that pursued a goal stay forever. */
  keep_goals: boolean;
  /** The folder into which trees are archived before they go, from the data folder; null: they are not archived. */
  archive: string | null;
  /** The environment settings that decide, so that nobody can change these values here. */
  fixed_by: string[];
}

/** How much space one part of the data folder takes. */
export interface SpaceUse {
  /** The part of the data folder. */
  what:
    | "database"
    | "workspaces"
    | "cache"
    | "snapshots"
    | "own_source"
    | "migration_copies"
    | "backups"
    | "releases"
    | "packages"
    | "other";
  /** null: not measured, because this process cannot read it. A file with several names counts once. */
  size_bytes: number | null;
  /** Number of its files; null: not measured. */
  files: number | null;
  /** Set when there are more files than were measured. */
  at_least?: true;
}

/** One removal of old trees. */
export interface RetentionRun {
  /** Whether the schedule or a person began it. */
  cause: "schedule" | "person";
  /** When it began. */
  begun_at: string;
  ended_at: string | null;
  /** Trees that it removed. */
  removed: number;
  /** Size of what it removed, in bytes. */
  size_bytes: number;
  /** Why it ended before it was done; null when it was done. */
  problem: string | null;
}

/** How long trees are kept, and how much space they take. */
export interface Retention {
  settings: RetentionSettings;
  /** When the next run is due; null while nothing is set. */
  next_at: string | null;
  /** The run that is in progress; null: none. */
  running: RetentionRun | null;
  /** The run that ended last; null: none yet. */
  last: RetentionRun | null;
  /** What takes space, largest first. Folders are measured once a minute at most. */
  space: SpaceUse[];
  /** The free bytes of the data folder's disk; null when they are unknown. */
  free_bytes: number | null;
}

/** The trees that a removal with these settings would remove. */
export interface RetentionPreview {
  /** The settings that would decide. */
  settings: Omit<RetentionSettings, "fixed_by">;
  /** The trees that would be removed now, in the order in which they ended. */
  items: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** When the tree ended. */
    ended_at: string;
    /** About its part of the database and of the disk, in bytes. */
    size_bytes: number;
    /** Why it would be removed. */
    why: GoesFor;
  }[];
  /** The trees that age or size would remove, but that stay. */
  kept: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** When the tree ended. */
    ended_at: string;
    /** About its part of the database and of the disk, in bytes. */
    size_bytes: number;
    /** Why it stays. */
    why: KeptFor;
  }[];
  /** The sum of `items`, in bytes. */
  size_bytes: number;
  /** Whether there are more than are listed; the sum is then of what is listed. */
  more: boolean;
}
