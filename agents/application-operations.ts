/** The part of the interface for the pages of Operations: history, providers, workers, backups, old trees. */
import type { Actor } from "@/core/rules/roles";
import type { Backups, History, OldTrees, ProviderState, ServerStart, WorkerState } from "@/core/shapes/operations";
import type { SelfState } from "@/core/shapes/self";

export interface OperationsQueries {
  /** Returns the measurements of the last 1 (default), 24 or 168 hours. */
  getHistory(options?: { hours?: number }): Promise<History>;
  listProviders(): Promise<ProviderState[]>;
  listWorkers(): Promise<WorkerState[]>;
  /** Returns the last starts of servers and workers, newest first, and how they ended. */
  listStarts(): Promise<ServerStart[]>;
  listBackups(): Promise<Backups>;
  /** Returns whether agents may propose changes of Banyan's own code. */
  getSelf(): Promise<SelfState>;
  /** Returns trees that ended more than `days` days ago, oldest first, and the space that deleting them frees. */
  findOldTrees(options: { days: number }): Promise<OldTrees>;
}

export interface OperationsCommands {
  /** Ends every check of a change of Banyan's own code, and allows no new one, until `switchSelfOn`. */
  switchSelfOff(reason: string, actor: Actor): Promise<{ sentence: string }>;
  switchSelfOn(actor: Actor): Promise<{ sentence: string }>;
  /** Copies the database while it is in use, and reads the copy back. */
  createBackup(actor: Actor): Promise<{ sentence: string; name: string; file: string; size_bytes: number }>;
  /** Sets how often backups are made (`24h`, `30m`, `7d` or `off`), and how many scheduled ones stay. */
  setBackupSchedule(
    change: { every?: string | undefined; keep?: number | undefined },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  /** Opens a backup for download; `file` is its path on the server. */
  openBackup(name: string, actor: Actor): Promise<{ sentence: string; file: string; size_bytes: number }>;
  deleteBackup(name: string, actor: Actor): Promise<{ sentence: string }>;
}
