import type { ListedEntry } from "@/core/shapes/configuration";
import { exactCount, percent } from "@/core/words/figures";

/** Returns how many tasks of the last 30 days succeeded, in words. */
export function runsText({ runs }: Pick<ListedEntry, "runs">): string {
  if (!runs || runs.ended === 0) return "No tasks in 30 days";
  const rate = percent(runs.succeeded / runs.ended);
  return `${exactCount(runs.ended)} ${runs.ended === 1 ? "task" : "tasks"} in 30 days, ${rate} succeeded`;
}
