/** JSON shapes of the pages of Operations: measurements, providers, workers, backups, old trees. */

export const HISTORY_HOURS = [1, 24, 168] as const;
/** Over how many hours measurements are shown. */
export type HistoryHours = (typeof HISTORY_HOURS)[number];

const HISTORY_SERIES = [
  "cpu_percent",
  "memory_percent",
  "disk_percent",
  "slots_used",
  "queued",
  "tokens_hour",
  "cost_usd_hour",
  "commits_minute",
] as const;
export type HistorySeries = (typeof HISTORY_SERIES)[number];

/** Values are null when nothing was measured. Tokens and money are those of the preceding hour. */
export type HistoryPoint = { at: string } & Record<HistorySeries, number | null>;

/** Measurements of the server over time. */
export interface History {
  hours: HistoryHours;
  /** Seconds between two points. */
  step_seconds: number;
  /** Oldest first, at equal intervals without gaps. */
  points: HistoryPoint[];
  slots: number;
  memory_bytes: number | null;
  /** Since when each has been at 90 % or more without interruption; null when it is not. */
  over_since: { cpu: string | null; memory: string | null; disk: string | null };
  /** Hours until the disk is full, at the rate of the last six hours; null when it is not filling up. */
  disk_full_in_hours: number | null;
}

/** Whether a model provider answers. */
export interface ProviderState {
  name: string;
  /** `parked`: it told tasks to retry later, and has not answered since. `failing`: its last answer was an error. */
  state: "no_key" | "parked" | "failing" | "answers" | "ready";
  /** Why it is unavailable or failing, or why the first of its parked tasks waits. */
  reason: string | null;
  /** Milliseconds until its last reply began, and when that was; null when this process has not called it. */
  answers_ms: number | null;
  last_at: string | null;
  /** When the first of its parked tasks continues. */
  parked_until: string | null;
  parked_tasks: { id: string; tree_id: string; tree_title: string; model: string }[];
  /** Number of open trees that use it. */
  trees: number;
}

/** A process of the server. */
export interface WorkerState {
  id: number;
  pid: number;
  role: "all" | "web" | "worker" | "run";
  /** `here`, or `elsewhere` when the server cannot see the worker's process. */
  host: "here" | "elsewhere";
  address: string | null;
  since: string;
  last_sign: string | null;
  /** `silent`: its process is not visible, and it has sent no heartbeat for 30 s. */
  state: "alive" | "silent" | "dead";
  /** Whether this worker supervises all trees. */
  leads: boolean;
  /** Number of its leases; `tasks` names the first few. */
  leases: number;
  tasks: { id: string; tree_id: string; title: string }[];
}

/** A start of a server or worker, and how it ended. */
export interface ServerStart {
  role: WorkerState["role"];
  pid: number;
  version: string;
  /** null for an installation without git. */
  commit: string | null;
  /** null without a launcher. */
  release: number | null;
  started_at: string;
  /** For a crash the last sign of life; null while it runs, and when it is not known. */
  ended_at: string | null;
  /** null while it runs; `machine`: its machine went down; `restored`: a restore replaced its database. */
  end: "signal" | "asked" | "crashed" | "machine" | "restored" | null;
  /** The signal, or the person who asked; null for the others. */
  ended_by: string | null;
}

/** A backup. */
export interface Backup {
  name: string;
  size_bytes: number;
  created_at: string;
  /** `scheduled`: made by the schedule, which removes its oldest. `replaced`: a database that a restore replaced. */
  kind: "backup" | "scheduled" | "replaced";
}

/** When backups are made, and how many are kept. */
export interface BackupSchedule {
  /** Seconds between two backups; null: no scheduled backups. */
  every_seconds: number | null;
  /** How many scheduled backups stay. */
  keep: number;
  /** When the next backup is due; null without a schedule. */
  next_at: string | null;
  /** The settings that decide, so that nobody can change these values here; null: none. */
  every_setting: string | null;
  keep_setting: string | null;
}

/** The backups, and the state of the next one. */
export interface Backups {
  /** The folder, as a path on the server. */
  folder: string;
  items: Backup[];
  database_bytes: number;
  free_bytes: number | null;
  running: { name: string; since: string; written_bytes: number; step: "copying" | "checking" } | null;
  /** Result of the last backup. */
  last: { ok: boolean; sentence: string; at: string } | null;
  /** When the last good backup was made; null when there was none. */
  last_success: string | null;
  schedule: BackupSchedule;
  /** null: backups stay on this machine. */
  bucket: BackupBucket | null;
}

/** Where encrypted copies of the backups are kept. */
export interface BackupBucket {
  /** Host, bucket and folder. */
  address: string;
  /** The last copy that arrived whole. */
  copy: { name: string; size_bytes: number; at: string } | null;
  /** The last copy that was fetched, decrypted, restored and opened, and what it held. */
  proof: { name: string; at: string; trees: number; messages: number } | null;
  /** null after both succeeded. */
  failure: { sentence: string; at: string } | null;
  /** Whether a copy or a proof is in progress. */
  is_busy: boolean;
}

/** Trees without a pin that ended more than `days` days ago. */
export interface OldTrees {
  days: number;
  /** `size_bytes`: about the tree's part of the database, and the disk space of its folders. */
  items: { id: string; title: string; ended_at: string; size_bytes: number }[];
  size_bytes: number;
  /** How many trees this old are pinned, and therefore not listed. */
  pinned: number;
  /** Whether there are more than are listed. */
  more: boolean;
}
