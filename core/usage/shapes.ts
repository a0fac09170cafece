/** The JSON shape of `GET /usage` and of `banyan usage --json`: what an installation used in a period, for a bill. */

interface UsageAmounts {
  tokens_in: number;
  tokens_out: number;
  cost_usd: number;
}

/** What was used of one model. */
export interface ModelUsage extends UsageAmounts {
  model: string;
  /** Calls that brought a reply. */
  calls: number;
}

/** What one project used. */
export interface ProjectUsage extends UsageAmounts {
  /** null: trees that work in no project's repository. */
  project: string | null;
  /** Trees that spent something in the period. */
  trees: number;
  agent_seconds: number;
}

/** What an installation used of models in a period. */
export interface InstallationUsage {
  /** The address that people use for the installation (BANYAN_URL); null: not set. */
  installation: string | null;
  /** Whole days in UTC: `from` is the first moment, `until` the first moment after the last day. */
  period: { from: string; until: string };
  /** Whether the period has ended, so that nothing is added any more. */
  is_over: boolean;
  made_at: string;
  /** All that was spent, also by trees that were removed since. */
  total: { tokens: number; cost_usd: number };
  /** The same by day, without days on which nothing was spent. */
  days: { day: string; tokens: number; cost_usd: number }[];
  /** Of trees that still exist, the dearest first. */
  models: ModelUsage[];
  projects: ProjectUsage[];
  /** The part of the total that is in no row of `models` and `projects`. */
  removed: { tokens: number; cost_usd: number };
  /** Tasks that began and that ended in the period, without those that judge and document. */
  tasks: { started: number; ended: number };
  /** How long agents worked: the sum over tasks, without waits for people, tasks, slots and limits. */
  agent_seconds: number;
  /** What is on the disk now; null: not measured. */
  storage: { what: string; size_bytes: number | null }[];
  not_measured: { what: "removed" | "price" | "storage" | "storage_part"; sentence: string }[];
}
