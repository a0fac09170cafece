/** Shapes of how the server and its machine are. */
import type { LimitName } from "@/core/log/limits";

/** What `/health` answers. */
export interface Health {
  /** "ok", or one sentence that says what is wrong. */
  status: string;
  version: string;
  /** null if the release is not from a git checkout. */
  commit: string | null;
  /** Identifies this start of the server. */
  instance: string;
  /** null without a launcher. */
  release: number | null;
  /** A digest of the tables. */
  schema: string;
  /** The level of the database; see db/file/data-level.ts. */
  level: number;
  /** Why commands cannot run; absent when they can. Not unhealthy, because trees without commands still run. */
  terminal?: string;
}

/** A resource that runs short, or backups that fail, and what to do. */
export interface MachineAlert {
  /** What runs short or fails. */
  what: LimitName | "database" | "backup" | "runners";
  /** How much of the resource is used; null for `backup` and `runners`. */
  percent: number | null;
  /** What is wrong, in one sentence. */
  sentence: string;
  /** What a person can do, in one sentence. */
  remedy: string;
}

/** The load of the machine or container, and its work. Percentages are whole numbers from 0 to 100. */
export interface MonitorStatus {
  /** Use of all cores together; null before the first measurement. */
  cpu_percent: number | null;
  /** Use of the memory. */
  memory_percent: number;
  /** Use of the file system with the data folder. */
  disk_percent: number;
  /** Memory of the server's processes together; null when no server runs on this machine. */
  process_mb: number | null;
  /** Tasks that run now. */
  active_agents: number;
  /** Tasks that are ready and have no slot yet. */
  queue_depth: number;
  /** Tasks that are parked. */
  parked: number;
  /** Tasks that wait for others or for people. */
  waiting: number;
  /** What runs short, and what to do. */
  alerts: MachineAlert[];
}
