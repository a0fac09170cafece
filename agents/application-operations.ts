import type { Objectives } from "@/core/metrics/objectives";
import type { RunnerList } from "@/core/runners/shapes";
import type { ArchiveFile, ArchiveListing, ArchivePlace } from "@/core/shapes/archives";
import type { Failures } from "@/core/shapes/failures";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { GatesReport } from "@/core/shapes/improving/gates";
import type { Improvement } from "@/core/shapes/improving/improvement";
import type { SelfState } from "@/core/shapes/improving/self";
import type { Limits } from "@/core/shapes/limits";
import type { Backups, History, OldTrees, ProviderState, ServerStart, WorkerState } from "@/core/shapes/operations";
import type { Retention, RetentionPreview } from "@/core/shapes/retention";

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
  /** Returns pools and runners, and which trees have their folders there. */
  getRunners(): Promise<RunnerList>;
  /** Returns the last starts of servers and workers, newest first, and how they ended. */
  listStarts(): Promise<ServerStart[]>;
  listBackups(): Promise<Backups>;
  /** Returns the limits of the machine and the installation, how close each is, and what happened at them. */
  getLimits(): Promise<Limits>;
  /** Returns service level objectives, with what was measured and what is left of their error budgets. */
  getObjectives(): Promise<Objectives>;
  /** Returns whether agents may propose changes of Banyan's own code. */
  getSelf(): Promise<SelfState>;
  /** Returns the faults of tasks, and the review agent's looks at them with what they proposed. */
  getImprovement(): Promise<Improvement>;
  /** Returns every kind of failure with its counts from the logs, and what a person could do. */
  getFailures(): Promise<Failures>;
  /** Returns finished runs of the gates on changes by agents, the newest first. */
  listGateRuns(options?: { skip?: number; limit?: number }): Promise<GateRun[]>;
  /** Returns what the gates said in a run. */
  getGateRun(id: string): Promise<GatesReport>;
  /** Returns trees that ended more than `days` days ago, oldest first, and the space that deleting them frees. */
  findOldTrees(options: { days: number }): Promise<OldTrees>;
}
