/** Figures of the machine and its work: one row per minute, kept for a week; how long pages took; counts of the work. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createPageTimes, type PageTimes } from "@/db/records/page-times";
import { createWorkCounts, type WorkCounts } from "@/db/records/work-counts";

interface Measured {
  cpuPercent: number | null;
  memoryPercent: number;
  diskPercent: number;
  slotsUsed: number;
  queued: number;
  /** Commits of this process since its last row. */
  commits: number;
}

/** The rows of one time step, summed up. */
interface MeasuredStep {
  /** Number of the step, counted from 1970. */
  step: number;
  cpu: number | null;
  memory: number;
  disk: number;
  slots: number;
  queued: number;
  commits: number;
  /** Total spend up to the end of the step. */
  tokens: number;
  microUsd: number;
}

interface Spent {
  tokens: number;
  microUsd: number;
}

export interface Measurements {
  pages: PageTimes;
  work: WorkCounts;
  add(measured: Measured): Promise<void>;
  /** Returns the steps that have rows, ascending. */
  steps(fromMs: number, toMs: number, stepMs: number): MeasuredStep[];
  /** Returns the total spend at that time, from the last row before it, or else from the first row after it. */
  spentAt(ms: number): Spent;
  /** Returns the rows since then, newest first. */
  newest(fromMs: number): { atMs: number; cpu: number | null; memory: number; disk: number }[];
}

const MINUTE_MS = 60_000;
export const KEPT_MS = 7 * 24 * 60 * MINUTE_MS;

export function createMeasurements(sqlite: Sqlite, log: Writes): Measurements {
  // Several processes may write a row for the same minute; each adds its commits.
  const insert = sqlite.prepare(`
    INSERT INTO measurements (at_ms, cpu_percent, memory_percent, disk_percent, slots_used, queued, tokens, micro_usd, commits)
    SELECT @at, @cpuPercent, @memoryPercent, @diskPercent, @slotsUsed, @queued,
      coalesce(sum(tokens), 0), coalesce(sum(micro_usd), 0), @commits FROM daily_spend WHERE true
    ON CONFLICT (at_ms) DO UPDATE SET commits = commits + excluded.commits, tokens = excluded.tokens,
      micro_usd = excluded.micro_usd`);
  // Keeps an hour more than is shown, because the spend of the first hour is a difference to the total before it.
  const prune = sqlite.prepare("DELETE FROM measurements WHERE at_ms < ?");
  const steps = sqlite.prepare(`
    SELECT at_ms / CAST(@step AS INTEGER) AS step, avg(cpu_percent) AS cpu, avg(memory_percent) AS memory, max(disk_percent) AS disk,
      max(slots_used) AS slots, max(queued) AS queued, avg(commits) AS commits, max(tokens) AS tokens, max(micro_usd) AS microUsd
    FROM measurements WHERE at_ms >= @from AND at_ms < @to GROUP BY 1 ORDER BY 1`);
  const before = sqlite.prepare(
    "SELECT tokens, micro_usd AS microUsd FROM measurements WHERE at_ms <= ? ORDER BY at_ms DESC LIMIT 1",
  );
  const first = sqlite.prepare("SELECT tokens, micro_usd AS microUsd FROM measurements ORDER BY at_ms LIMIT 1");
  const newest = sqlite.prepare(`
    SELECT at_ms AS atMs, cpu_percent AS cpu, memory_percent AS memory, disk_percent AS disk
    FROM measurements WHERE at_ms >= ? ORDER BY at_ms DESC`);

  return {
    pages: createPageTimes(sqlite, log),
    work: createWorkCounts(sqlite, log),
    add: (measured) =>
      log.write(({ nowMs }) => {
        insert.run({ ...measured, at: Math.floor(nowMs / MINUTE_MS) * MINUTE_MS });
        prune.run(nowMs - KEPT_MS - 60 * MINUTE_MS);
      }),
    steps: (from, to, step) => steps.all({ from, to, step }) as MeasuredStep[],
    spentAt: (ms) => (before.get(ms) ?? first.get() ?? { tokens: 0, microUsd: 0 }) as Spent,
    newest: (from) => newest.all(from) as ReturnType<Measurements["newest"]>,
  };
}
