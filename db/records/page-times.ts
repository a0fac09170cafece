/** How long the server took to answer pages: per hour, how many pages took how long. Kept for two years. */
import type { CountedPages } from "@/core/kpis/page-times";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface PageTimes {
  /** Adds pages that were answered in this hour. */
  add(counted: readonly CountedPages[]): Promise<void>;
  /** Returns the counts of the hours that began since then, by the start of the hour. */
  since(ms: number): (CountedPages & { atMs: number })[];
}

const HOUR_MS = 3_600_000;
/** The longest period of a KPI is a year, and is compared with the one before. */
const KEPT_MS = 2 * 366 * 24 * HOUR_MS;

export function createPageTimes(sqlite: Sqlite, log: Pick<Writes, "write">): PageTimes {
  // Several processes may answer pages in the same hour.
  const add = sqlite.prepare(`
    INSERT INTO page_times (hour_ms, step, pages) VALUES (@hourMs, @step, @pages)
    ON CONFLICT (hour_ms, step) DO UPDATE SET pages = pages + excluded.pages`);
  const prune = sqlite.prepare("DELETE FROM page_times WHERE hour_ms < ?");
  const since = sqlite.prepare(
    "SELECT hour_ms AS atMs, step, pages FROM page_times WHERE hour_ms >= ? ORDER BY hour_ms, step",
  );
  return {
    add: (counted) =>
      log.write(({ nowMs }) => {
        const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
        for (const { step, pages } of counted) add.run({ hourMs, step, pages });
        prune.run(nowMs - KEPT_MS);
      }),
    since: (ms) => since.all(ms) as ReturnType<PageTimes["since"]>,
  };
}
