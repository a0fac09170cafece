import { statSync } from "node:fs";
import type { Client } from "../client";

export interface StatusQueries {
  running(): number;
  queued(): number;
  /** Size of the database with its write-ahead log, in bytes. */
  sizeBytes(): number;
  /** Changes when another connection has committed. */
  dataVersion(): number;
}

export function createStatusQueries(client: Client): StatusQueries {
  const { sqlite, file } = client;
  const running = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running'").pluck();
  const queued = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'ready' AND holds = 0").pluck();
  const version = sqlite.prepare("PRAGMA data_version").pluck();
  const size = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return {
    running: () => running.get() as number,
    queued: () => queued.get() as number,
    sizeBytes: () => size(file) + size(`${file}-wal`),
    dataVersion: () => version.get() as number,
  };
}
