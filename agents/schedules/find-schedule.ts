/** Finds the schedule that a person or a program names. */
import { UserError } from "@/agents/application";
import type { Schedules, StoredSchedule } from "@/db/schedules/schedules";

/** Returns the schedule with this id or unique prefix of it. Throws UserError not_found. */
export function scheduleCalled(schedules: Schedules, prefix: string): StoredSchedule {
  const found = prefix === "" ? [] : schedules.like(prefix);
  const uid = found.find((id) => id === prefix) ?? (found.length === 1 ? found[0] : undefined);
  const schedule = uid === undefined ? null : schedules.get(uid);
  if (schedule) return schedule;
  const shown = prefix.slice(0, 60);
  throw new UserError(
    "not_found",
    found.length > 1
      ? `More than one schedule begins with ${shown}: give more characters.`
      : `There is no schedule ${shown}: it may have been removed.`,
  );
}
