/** What a schedule is made of, as people give it. */
import { wrongField } from "@/agents/application";
import type { Actor } from "@/core/rules/roles";
import type { NewSchedule } from "@/core/shapes/schedules";
import type { ScheduleFields } from "@/db/schedules/schedules";
import { localTime, ownZone } from "@/lib/time/cron";
import { nextAfter } from "./due";
import { cadenceOf } from "./schedule-shapes";

const MOST_NAME_CHARACTERS = 100;

/** Returns what is stored of a schedule. Throws UserError. */
export function fieldsOf(given: NewSchedule, maker: Actor, nowMs: number): ScheduleFields {
  const { name, cron, zone, overlap = "skip", submission } = given;
  const checkedZone = zone?.trim() || ownZone();
  const cadence = cadenceOf(cron, checkedZone);
  return {
    name: checkedName(name?.trim() || firstLine(submission.task)),
    cron: cron.trim().replace(/\s+/g, " "),
    zone: checkedZone,
    overlap,
    submission,
    maker,
    nextAtMs: nextAfter(cadence, nowMs),
  };
}

function firstLine(task: string): string {
  return (task.trim().split("\n", 1)[0] ?? "").slice(0, MOST_NAME_CHARACTERS);
}

function checkedName(given: string): string {
  const name = given.replace(/\s+/g, " ");
  if (name.length <= MOST_NAME_CHARACTERS) return name;
  throw wrongField("name", `The schedule's name is longer than the limit of ${MOST_NAME_CHARACTERS} characters.`);
}

/** Returns a sentence that says when it begins next. */
export function nextWords({ nextAtMs, zone }: { nextAtMs: number | null; zone: string }): string {
  return nextAtMs === null ? "No time is left." : `Next: ${localTime(nextAtMs, zone)} (${zone}).`;
}
