/** The JSON shapes of the pages of Operations: what was measured, providers, workers, backups, trees that can go. */

export const HISTORY_HOURS = [1, 24, 168] as const;
export type HistoryHours = (typeof HISTORY_HOURS)[number];

export const HISTORY_SERIES = [
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

/** null: nothing was measured then. Tokens and money are those of the hour before. */
export type HistoryPoint = { at: string } & Record<HistorySeries, number | null>;

export interface History {
  hours: HistoryHours;
  /** From one point to the next. */
  step_seconds: number;
  /** The oldest first, without a gap between their times. */
  points: HistoryPoint[];
  slots: number;
  memory_bytes: number | null;
  /** Since when it has been at 90 % or more without a break. */
  over_since: { cpu: string | null; memory: string | null; disk: string | null };
  /** As quickly as in the last six hours; null: it does not fill. */
  disk_full_in_hours: number | null;
}

export interface ProviderState {
  name: string;
  /** `parked`: it told tasks to come back later. `failing`: its last answer was a failure. */
  state: "no_key" | "parked" | "failing" | "answers" | "ready";
  /** Why it cannot be used, is parked or fails. */
  reason: string | null;
  /** How long its last reply took to begin, and when that was; null: this process has asked it for nothing. */
  answers_ms: number | null;
  last_at: string | null;
  /** When the first of its parked tasks goes on. */
  parked_until: string | null;
  parked_tasks: { id: string; tree_id: string; tree_title: string; model: string }[];
  /** Trees that have not ended and use it. */
  trees: number;
}

export interface WorkerState {
  id: number;
  pid: number;
  role: "all" | "web" | "worker" | "run";
  /** Which part of a host it runs on: `here`, or `elsewhere` where its processes cannot be seen from here. */
  host: "here" | "elsewhere";
  address: string | null;
  since: string;
  last_sign: string | null;
  /** `silent`: it cannot be seen, and gave no sign for half a minute. */
  state: "alive" | "silent" | "dead";
  /** It looks after all trees. */
  leads: boolean;
  /** Tasks that it holds the lease of; the first few by name. */
  leases: number;
  tasks: { id: string; tree_id: string; title: string }[];
}

export interface Backup {
  name: string;
  size_bytes: number;
  created_at: string;
  /** `replaced`: what a restore put aside. */
  kind: "backup" | "replaced";
}

export interface Backups {
  /** The folder, as a path on the server. */
  folder: string;
  items: Backup[];
  database_bytes: number;
  free_bytes: number | null;
  running: { name: string; since: string; written_bytes: number; step: "copying" | "checking" } | null;
  /** What became of the last one that this process made. */
  last: { ok: boolean; sentence: string; at: string } | null;
}

/** Trees that ended so long ago, and what their folders take. */
export interface OldTrees {
  days: number;
  items: { id: string; title: string; ended_at: string; size_bytes: number }[];
  size_bytes: number;
  /** There are more than are listed. */
  more: boolean;
}
