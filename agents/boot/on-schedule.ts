/** Begins trees on schedule, through the guard and the audit, as the people who made the schedules. */
import { guarded } from "@/agents/guard/guard";
import { type ScheduleWatchOptions, startScheduleWatch } from "@/agents/schedules/watch";
import type { Checks } from "@/lib/time/checks";
import type { Acting } from "./acting";

/** Starts the watch. */
export function beginOnSchedule(
  { application, store }: Pick<Acting, "application" | "store">,
  options: Omit<ScheduleWatchOptions, "store" | "submit">,
): Checks {
  return startScheduleWatch({
    ...options,
    store,
    submit: (submission, actor, given) => guarded(application, actor).commands.submitTree(submission, actor, given),
  });
}
