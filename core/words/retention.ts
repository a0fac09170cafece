import type { GoesFor, KeptFor } from "@/core/rules/retention";
import type { RetentionSettings, SpaceUse } from "@/core/shapes/retention";
import { plural } from "./figures";

export const GOES_WORDS: Record<GoesFor, string> = {
  age: "older than the limit",
  size: "the oldest, to get below the size limit",
};

export const KEPT_WORDS: Record<KeptFor, string> = {
  open: "has not ended",
  pinned: "pinned",
  unseen_failure: "a failure that nobody has opened",
  open_review: "has an open review item",
  goal: "pursued a goal",
  schedule: "newest run of a schedule",
  fork: "has an open fork",
  trial: "part of an open trial",
  open_change: "its change of a repository is still open",
  change: "an approved change of Banyan was made in it",
  folder: "another tree works in its folder",
  recent: "ended less than a day ago",
};

/** The name of each part of the disk space, and what it holds. */
export const SPACE_WORDS: Record<SpaceUse["what"], { name: string; holds: string }> = {
  database: { name: "Database", holds: "Tasks, messages and outputs" },
  workspaces: { name: "Workspaces", holds: "The folders that Banyan made for trees, and their caches" },
  cache: { name: "Cache", holds: "Copies of repositories for issues and evolutions, and folders of no tree in use" },
  snapshots: { name: "Snapshots", holds: "Earlier moments of workspaces" },
  own_source: { name: "Own source", holds: "Banyan's code for its agents, and the runs of the gates" },
  migration_copies: { name: "Copies before migrations", holds: "The database before the last upgrades" },
  backups: { name: "Backups", holds: "Copies of the database that you or the schedule made" },
  releases: { name: "Releases", holds: "The versions that the launcher can go back to" },
  packages: { name: "Packages", holds: "The packages of the releases" },
  other: { name: "Other files", holds: "Everything else in the data folder" },
};

/** Returns sentences that say what retention removes. */
export function retentionSentence({ days, max_mb, keep_goals, archive }: Omit<RetentionSettings, "fixed_by">): string {
  if (days === null && max_mb === null)
    return "Retention is off: Banyan removes no tree unless somebody deletes it or sets a limit.";
  const byAge = days === null ? [] : [`trees ${plural(days, "day")} after their end`];
  const bySize =
    max_mb === null ? [] : [`the oldest ended trees while database and workspaces take more than ${max_mb} MB`];
  const goals = keep_goals ? "Goals stay." : "Goals go too.";
  const archived = archive === null ? "" : ` ${archiveSentence(archive)}`;
  return `Once a day, Banyan removes ${[...byAge, ...bySize].join(", and ")}. ${goals}${archived}`;
}

/** Says what happens to a tree before it is removed, when trees are archived in this folder. */
export function archiveSentence(folder: string): string {
  return `Each tree is archived in the folder ${folder} first, and stays if that fails.`;
}
