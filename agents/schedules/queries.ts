/** Queries for schedules. */
import type { Queries } from "@/agents/application";
import type { Schedules } from "@/db/schedules/schedules";
import { ownZone } from "@/lib/time/cron";
import { scheduleCalled } from "./find-schedule";
import { previewOf, shownRun, shownSchedule, storedNotes } from "./schedule-shapes";

const SHOWN_RUNS = 100;

interface Sources {
  store: { schedules: Schedules };
  now(): number;
}

export function createScheduleQueries({
  store: { schedules },
  now,
}: Sources): Pick<Queries, "listSchedules" | "getSchedule" | "previewTimes"> {
  return {
    listSchedules: async () => schedules.all().map((schedule) => shownSchedule(schedules, schedule, now())),
    async getSchedule(id) {
      const stored = scheduleCalled(schedules, id);
      const { zone } = stored;
      return {
        ...shownSchedule(schedules, stored, now()),
        notes: storedNotes(stored, now()),
        runs: schedules.runs(stored.id, SHOWN_RUNS).map((row) => shownRun(row, zone)),
      };
    },
    previewTimes: async (cron, zone) => previewOf(cron, zone?.trim() || ownZone(), now()),
  };
}
