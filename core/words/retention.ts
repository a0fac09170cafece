import type { GoesFor, KeptFor } from "@/core/rules/retention";
import type { RetentionSettings } from "@/core/shapes/retention";
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
  change: "an approved change of Banyan was made in it",
  folder: "another tree works in its folder",
  recent: "ended less than a day ago",
};

/** Returns sentences that say what retention removes. */
export function retentionSentence({ days, max_mb, keep_goals, archive }: Omit<RetentionSettings, "fixed_by">): string {
  if (days === null && max_mb === null)
    return "Retention is off: Banyan removes no tree unless somebody deletes it or sets a limit.";
  const byAge = days === null ? [] : [`trees ${plural(days, "day")} after their end`];
  const bySize =
    max_mb === null ? [] : [`the oldest ended trees while database and workspaces take more than ${max_mb} MB`];
  const goals = keep_goals ? "Goals stay." : "Goals go too.";
  const archived = archive === null ? "" : ` Each tree is archived in ${archive} first.`;
  return `Once a day, Banyan removes ${[...byAge, ...bySize].join(", and ")}. ${goals}${archived}`;
}
