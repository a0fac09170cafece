/** The part of the interface for the pages of Operations: history, providers, workers, backups, old trees. */
import type { LimitsChange } from "@/core/log/limits";
import type { Actor } from "@/core/rules/roles";
import type { ArchiveFile, ArchiveListing, ArchivePlace, ReadArchive } from "@/core/shapes/archives";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { GatesReport } from "@/core/shapes/improving/gates";
import type { Improvement, ImprovementSettings } from "@/core/shapes/improving/improvement";
import type { SelfState } from "@/core/shapes/improving/self";
import type { Limits } from "@/core/shapes/limits";
import type { Backups, History, OldTrees, ProviderState, ServerStart, WorkerState } from "@/core/shapes/operations";
import type { Retention, RetentionPreview } from "@/core/shapes/retention";
import type { OpenedTreeArchive } from "./application-files";

export interface OperationsQueries {
  /** Returns the settings of retention, what takes space, and what the last run removed. */
  getRetention(): Promise<Retention>;
  /** Returns what a run with these limits would remove now, and what stays and why. Without limits: those that are set. */
  previewRetention(limits?: { days?: number | undefined; max_mb?: number | undefined }): Promise<RetentionPreview>;
  /** Returns the archives of trees in the data folder. */
  listArchives(): Promise<ArchiveFile[]>;
  /** Checks an archive and returns what it holds. */
  getArchive(place: ArchivePlace): Promise<ArchiveListing>;
  /** Returns the measurements of the last 1 (default), 24 or 168 hours. */
  getHistory(options?: { hours?: number }): Promise<History>;
  listProviders(): Promise<ProviderState[]>;
  listWorkers(): Promise<WorkerState[]>;
  /** Returns the last starts of servers and workers, newest first, and how they ended. */
  listStarts(): Promise<ServerStart[]>;
  listBackups(): Promise<Backups>;
  /** Returns the limits of the machine and the installation, how close each is, and what happened at them. */
  getLimits(): Promise<Limits>;
  /** Returns whether agents may propose changes of Banyan's own code. */
  getSelf(): Promise<SelfState>;
  /** Returns the faults of tasks, and the review agent's looks at them with what they proposed. */
  getImprovement(): Promise<Improvement>;
  /** Returns finished runs of the gates on changes by agents, the newest first. */
  listGateRuns(options?: { skip?: number; limit?: number }): Promise<GateRun[]>;
  /** Returns what the gates said in a run. */
  getGateRun(id: string): Promise<GatesReport>;
  /** Returns trees that ended more than `days` days ago, oldest first, and the space that deleting them frees. */
  findOldTrees(options: { days: number }): Promise<OldTrees>;
}

export interface OperationsCommands {
  /** Sets after how many days and above how many megabytes ended trees are removed; 0: no limit. */
  setRetention(
    change: {
      days?: number | undefined;
      max_mb?: number | undefined;
      keep_goals?: boolean | undefined;
      /** Whether trees are archived in the data folder before they go. */
      archive?: boolean | undefined;
    },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  /** Removes old trees now: by these limits, else by those that are set. `archive_to`: a folder on this machine. */
  cleanNow(
    limits: { days?: number | undefined; max_mb?: number | undefined; archive_to?: string | undefined },
    actor: Actor,
  ): Promise<{ sentence: string; removed: number; size_bytes: number }>;
  /** Opens an archive of ended trees, with everything that is kept of them. Nothing is read before its `read`. */
  archiveTrees(trees: readonly string[], actor: Actor): Promise<OpenedTreeArchive>;
  /** Adds the trees of an archive as ended trees that can only be looked at. */
  readArchive(place: ArchivePlace, actor: Actor): Promise<ReadArchive>;
  /** Keeps a tree whatever retention says. */
  pinTree(id: string, actor: Actor): Promise<{ sentence: string }>;
  unpinTree(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Ends every check of a change of Banyan's own code, and allows no new one, until `switchSelfOn`. */
  switchSelfOff(reason: string, actor: Actor): Promise<{ sentence: string }>;
  switchSelfOn(actor: Actor): Promise<{ sentence: string }>;
  /** Sets whether the review agent looks at faults by itself, at which hour, and what that may cost in a day. */
  setImprovement(change: Partial<ImprovementSettings>, actor: Actor): Promise<{ sentence: string }>;
  /** Starts a look at all faults of the last 30 days, also while looks do not start by themselves. */
  lookNow(actor: Actor): Promise<{ sentence: string; tree: string }>;
  /** Sets limits, what follows at each, when everything is paused, and from which level alerts are sent. */
  setLimits(change: LimitsChange, actor: Actor): Promise<{ sentence: string }>;
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
