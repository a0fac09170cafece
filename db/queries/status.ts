import { statSync } from "node:fs";
import { TASK_STATUSES, type TaskStatus } from "@/core/log/terms";
import type { ServerFigures } from "@/core/shapes/status";
import type { Client } from "@/db/file/client";
import { freeBytes } from "@/db/file/free-pages";
import { dayOf } from "@/db/records/daily-spend";
import { HALTED } from "@/db/records/halt";
import { tokensInOf } from "./charges";
import { SHOWN_STATUS } from "./shapes";

export interface StatusQueries {
  running(): number;
  queued(): number;
  resting(): { parked: number; waiting: number };
  /**
   * Returns totals over all tasks and trees that ran here. What a fork copied was spent once, in its origin. Reads every row.
   */
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
  const byStatus = sqlite.prepare(`SELECT ${SHOWN_STATUS} AS status, count(*) AS tasks FROM tasks
    WHERE tree_id NOT IN (SELECT id FROM trees WHERE archive_hash IS NOT NULL) GROUP BY 1`);
  const totals = sqlite.prepare(`
    SELECT count(*) FILTER (WHERE ended_at_ms IS NULL) AS trees_open, coalesce(sum(tokens_in), 0) AS tokens_in,
      coalesce(sum(tokens_out), 0) AS tokens_out, coalesce(sum(micro_usd - copied_micro_usd), 0) AS micro_usd
    FROM trees WHERE archive_hash IS NULL`);
  const forks = sqlite.prepare(
    "SELECT id, uid, copied_tokens AS tokens FROM trees WHERE archive_hash IS NULL AND copied_tokens > 0",
  );
  const copiedIn = sqlite
    .prepare(`
    SELECT ifnull(sum(${tokensInOf("copied")}), 0) FROM messages copied
    WHERE copied.tree_id = ? AND copied.origin_seq IS NOT NULL`)
    .pluck();
  // What a fork copied stays as it is.
  const known = new Map<string, number>();
  const copied = () => {
    const sum = { in: 0, out: 0 };
    for (const { id, uid, tokens } of forks.all() as { id: number; uid: string; tokens: number }[]) {
      const ofInput = known.get(uid) ?? (copiedIn.get(id) as number);
      known.set(uid, ofInput);
      sum.in += ofInput;
      sum.out += tokens - ofInput;
    }
    return sum;
  };
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
      const found = totals.get() as Omit<ServerFigures, "commits" | "counted" | "backup" | "tasks">;
      const { in: tokensIn, out: tokensOut } = copied();
      return {
        ...found,
        tasks,
        tokens_in: found.tokens_in - tokensIn,
        tokens_out: found.tokens_out - tokensOut,
      };
    },
    spentOn: (ms) => spent.get(dayOf(ms)) as { tokens: number; microUsd: number },
    sizeBytes: () => Math.max(0, size(file) + size(`${file}-wal`) - freeBytes(sqlite)),
    dataVersion: () => version.get() as number,
  };
}
