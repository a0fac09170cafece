/**
 * What the server counts of its own work (core/metrics/families.ts): the sum since the beginning, and for some families a
 * sum for each day, kept for five weeks. Both processes of a server add to the same rows, so one scrape shows the work of both.
 */
import { type Counted, familyOf } from "@/core/metrics/families";
import type { DayCount } from "@/core/metrics/objectives";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface WorkCounts {
  add(counted: readonly Counted[]): Promise<void>;
  /** Returns the sums since the beginning, in a steady order. */
  totals(): Counted[];
  /** Returns the sums of one family for each day from this one on. */
  daily(name: string, fromDay: number): DayCount[];
}

const DAY_MS = 24 * 3_600_000;
const KEPT_DAYS = 35;
/** The rows that are never removed, since counters must not fall. */
const SINCE_THE_BEGINNING = 0;

export function createWorkCounts(sqlite: Sqlite, log: Pick<Writes, "write">): WorkCounts {
  const add = sqlite.prepare(`
    INSERT INTO work_counts (day, name, labels, up_to_ms, events, sum) VALUES (@day, @name, @labels, @up_to_ms, @events, @sum)
    ON CONFLICT (day, name, labels, up_to_ms) DO UPDATE SET events = events + excluded.events, sum = sum + excluded.sum`);
  const prune = sqlite.prepare("DELETE FROM work_counts WHERE day > ? AND day < ?");
  const totals = sqlite.prepare(`
    SELECT name, labels, up_to_ms, events, sum FROM work_counts WHERE day = ? ORDER BY name, labels, up_to_ms`);
  const daily = sqlite.prepare(`
    SELECT day, name, labels, up_to_ms, events, sum FROM work_counts WHERE day >= ? AND name = ?
    ORDER BY day, labels, up_to_ms`);
  return {
    add: (counted) =>
      log.write(({ nowMs }) => {
        const today = Math.floor(nowMs / DAY_MS);
        for (const one of counted) {
          add.run({ ...one, day: SINCE_THE_BEGINNING });
          if (familyOf(one.name)?.daily) add.run({ ...one, day: today });
        }
        prune.run(SINCE_THE_BEGINNING, today - KEPT_DAYS);
      }),
    totals: () => totals.all(SINCE_THE_BEGINNING) as Counted[],
    daily: (name, fromDay) => daily.all(Math.max(fromDay, SINCE_THE_BEGINNING + 1), name) as DayCount[],
  };
}
