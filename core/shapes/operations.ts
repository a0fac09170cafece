/** JSON shapes of the pages of Operations: measurements, providers, workers, backups, old trees. */

export const HISTORY_HOURS = [1, 24, 168] as const;
/** Over how many hours measurements are shown. */
export type HistoryHours = (typeof HISTORY_HOURS)[number];

/** Values are null when nothing was measured. Tokens and money are those of the preceding hour. */
export interface HistoryPoint {
  /** The time of the measurement. */
  at: string;
  /** Use of all cores together, in percent. */
  cpu_percent: number | null;
  /** Use of the memory, in percent. */
  memory_percent: number | null;
  /** Use of the disk with the data folder, in percent. */
  disk_percent: number | null;
  /** Tasks that ran. */
  slots_used: number | null;
  /** Tasks that were ready and had no slot. */
  queued: number | null;
  /** Tokens of the hour before, input and output together. */
  tokens_hour: number | null;
  /** US dollars of the hour before. */
  cost_usd_hour: number | null;
  /** Commits to the database in a minute. */
  commits_minute: number | null;
}

export type HistorySeries = Exclude<keyof HistoryPoint, "at">;

/** Measurements of the server over time. */
export interface History {
  hours: HistoryHours;
  /** Seconds between two points. */
  step_seconds: number;
  /** Oldest first, at equal intervals without gaps. */
  points: HistoryPoint[];
  /** Most tasks that run at a time on this server. */
  slots: number;
  /** Memory of the machine or container in bytes; null when it is unknown. */
  memory_bytes: number | null;
  /** Since when each has been at 90 % or more without interruption; null when it is not. */
  over_since: {
    /** Since when the CPU is; null when it is not. */
    cpu: string | null;
    /** Since when the memory is; null when it is not. */
    memory: string | null;
    /** Since when the disk is; null when it is not. */
    disk: string | null;
  };
  /** Hours until the disk is full, at the rate of the last six hours; null when it is not filling up. */
  disk_full_in_hours: number | null;
}

/** Whether a model provider answers. */
export interface ProviderState {
  /** Name of the provider. */
  name: string;
  /** `parked`: it told tasks to retry later, and has not answered since. `failing`: its last answer was an error. */
  state: "no_key" | "parked" | "failing" | "answers" | "ready";
  /** Why it is unavailable or failing, or why the first of its parked tasks waits. */
  reason: string | null;
  /** Milliseconds until its last reply began, and when that was; null when this process has not called it. */
  answers_ms: number | null;
  /** When its last reply began; null when this process has not called it. */
  last_at: string | null;
  /** When the first of its parked tasks continues. */
  parked_until: string | null;
  /** Tasks that wait for it, in the order in which they continue. Of more than 500 only the first. */
  parked_tasks: {
    /** Id of the task. */
    id: string;
    tree_id: string;
    /** Title of its tree. */
    tree_title: string;
    /** The model that it waits for, as `provider/model`. */
    model: string;
  }[];
  /** The number of all tasks that wait for it. */
  parked_tasks_total: number;
  /** The number of trees of all these tasks. */
  parked_trees_total: number;
  /** Number of open trees that use it. */
  trees: number;
}

/** A process of the server. */
export interface WorkerState {
  /** Number of the process in the database. */
  id: number;
  /** Its process id on its machine. */
  pid: number;
  /** What the process does: serve pages (`web`), work on tasks (`worker`), both (`all`), or one command (`run`). */
  role: "all" | "web" | "worker" | "run";
  /** `here`, or `elsewhere` when the server cannot see the worker's process. */
  host: "here" | "elsewhere";
  /** Where it listens; null: it serves no pages, or it is not known. */
  address: string | null;
  /** When it started. */
  since: string;
  /** Its last heartbeat; null before the first. */
  last_sign: string | null;
  /** `silent`: its process is not visible, and it has sent no heartbeat for 30 s. */
  state: "alive" | "silent" | "dead";
  /** Whether this worker supervises all trees. */
  leads: boolean;
  /** Number of its leases; `tasks` names the first few. */
  leases: number;
  /** The first of the tasks that it works on. */
  tasks: {
    /** Id of the task. */
    id: string;
    tree_id: string;
    /** Title of the task. */
    title: string;
  }[];
}

/** A start of a server or worker, and how it ended. */
export interface ServerStart {
  role: WorkerState["role"];
  /** Its process id on its machine. */
  pid: number;
  /** Version of Banyan that started. */
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
  /** Name of the file in the folder of backups. */
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
  /** The setting that sets `keep`; null: none. */
  keep_setting: string | null;
}

/** The backups, and the state of the next one. */
export interface Backups {
  /** The folder, as a path on the server. */
  folder: string;
  items: Backup[];
  /** Size of the database now, in bytes. */
  database_bytes: number;
  /** Free bytes of the folder's disk; null when they are unknown. */
  free_bytes: number | null;
  /** The backup that is being made; null: none. */
  running: {
    /** Name of its file. */
    name: string;
    /** When it began. */
    since: string;
    /** Bytes that are written so far. */
    written_bytes: number;
    /** Whether it is still copied, or is being checked. */
    step: "copying" | "checking";
  } | null;
  /** Result of the last backup. */
  last: {
    /** Whether it succeeded. */
    ok: boolean;
    sentence: string;
    /** When it ended. */
    at: string;
  } | null;
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
  copy: {
    /** Name of the copied backup. */
    name: string;
    size_bytes: number;
    /** When it had arrived. */
    at: string;
  } | null;
  /** The last copy that was fetched, decrypted, restored and opened, and what it held. */
  proof: {
    /** Name of the backup that was restored. */
    name: string;
    /** When it was restored. */
    at: string;
    /** Number of trees in it. */
    trees: number;
    /** Number of messages in it. */
    messages: number;
  } | null;
  /** null after both succeeded. */
  failure: {
    /** What failed, in one sentence. */
    sentence: string;
    /** When it failed. */
    at: string;
  } | null;
  /** Whether a copy or a proof is in progress. */
  is_busy: boolean;
}

/** Trees without a pin that ended more than `days` days ago. */
export interface OldTrees {
  /** The days after its end from which on a tree is listed. */
  days: number;
  /** `size_bytes`: about the tree's part of the database, and the disk space of its folders. */
  items: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
    /** When the tree ended. */
    ended_at: string;
    size_bytes: number;
  }[];
  size_bytes: number;
  /** How many trees this old are pinned, and therefore not listed. */
  pinned: number;
  /** Whether there are more than are listed. */
  more: boolean;
}
