import { statSync } from "node:fs";
import { TASK_STATUSES, type TaskStatus } from "@/core/log/terms";
import type { ServerFigures } from "@/core/shapes/status";
import type { Client } from "@/db/file/client";
import { freeBytes } from "@/db/file/free-pages";
import { dayOf } from "@/db/records/daily-spend";
import { HALTED } from "@/db/records/halt";
import { SHOWN_STATUS } from "./shapes";

export interface StatusQueries {
  running(): number;
  queued(): number;
  resting(): { parked: number; waiting: number };
  /** Returns totals over all tasks and trees. Reads every row. */
  figures(): Omit<ServerFigures, "commits" | "counted" | "backup">;
  /** Returns the spend of all trees on the day (UTC) of that moment. */
  spentOn(ms: number): { tokens: number; microUsd: number };
  /** Returns the size of the database with its write-ahead log, in bytes. Free space inside the file does not count. */
  sizeBytes(): number;
  /** Returns a number that changes when another connection has committed. */
  dataVersion(): number;
}

export function createStatusQueries(client: Client): StatusQueries {
  const { sqlite, file } = client;
  const running = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running'").pluck();
  const queued = sqlite.prepare(`SELECT count(*) FROM tasks WHERE status = 'ready' AND holds + ${HALTED} = 0`).pluck();
  const resting = sqlite.prepare(`
    SELECT count(*) FILTER (WHERE status = 'parked') AS parked, count(*) FILTER (WHERE status = 'waiting') AS waiting
    FROM tasks WHERE ended_at_ms IS NULL AND holds + ${HALTED} = 0`);
  const byStatus = sqlite.prepare(`SELECT ${SHOWN_STATUS} AS status, count(*) AS tasks FROM tasks GROUP BY 1`);
  const totals = sqlite.prepare(`
    SELECT count(*) FILTER (WHERE ended_at_ms IS NULL) AS trees_open, coalesce(sum(tokens_in), 0) AS tokens_in,
      coalesce(sum(tokens_out), 0) AS tokens_out, coalesce(sum(micro_usd), 0) AS micro_usd
    FROM trees WHERE archive_hash IS NULL`);
  const spent = sqlite.prepare(`
    SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(micro_usd), 0) AS microUsd FROM daily_spend WHERE day = ?`);
  const version = sqlite.prepare("PRAGMA data_version").pluck();
  const size = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return {
    running: () => running.get() as number,
    queued: () => queued.get() as number,
    resting: () => resting.get() as { parked: number; waiting: number },
    figures() {
      const tasks = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<TaskStatus, number>;
      for (const row of byStatus.all() as { status: TaskStatus; tasks: number }[]) tasks[row.status] = row.tasks;
      return { tasks, ...(totals.get() as Omit<ServerFigures, "commits" | "counted" | "backup" | "tasks">) };
    },
    spentOn: (ms) => spent.get(dayOf(ms)) as { tokens: number; microUsd: number },
    sizeBytes: () => Math.max(0, size(file) + size(`${file}-wal`) - freeBytes(sqlite)),
    dataVersion: () => version.get() as number,
  };
}
