/** The JSON shape of `GET /usage` and of `banyan usage --json`: what an installation used in a period, for a bill. */

interface UsageAmounts {
  tokens_in: number;
  tokens_out: number;
  cost_usd: number;
}

/** What was used of one model. */
export interface ModelUsage extends UsageAmounts {
  /** The model, as `provider/model`. */
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
  /** How long agents worked, in seconds, without waits. */
  agent_seconds: number;
}

/** What an installation used of models in a period. */
export interface InstallationUsage {
  /** The address that people use for the installation (BANYAN_URL); null: not set. */
  installation: string | null;
  /** Whole days in UTC: `from` is the first moment, `until` the first moment after the last day. */
  period: {
    /** The first moment of the period. */
    from: string;
    /** The first moment after the last day. */
    until: string;
  };
  /** Whether the period has ended, so that nothing is added any more. */
  is_over: boolean;
  /** When it was computed. */
  made_at: string;
  /** All that was spent, also by trees that were removed since. */
  total: {
    /** Tokens, input and output together. */
    tokens: number;
    cost_usd: number;
  };
  /** The same by day, without days on which nothing was spent. */
  days: {
    /** The day, as `YYYY-MM-DD`. */
    day: string;
    tokens: number;
    cost_usd: number;
  }[];
  /** Of trees that still exist, the dearest first. */
  models: ModelUsage[];
  /** The same by project, the dearest first. */
  projects: ProjectUsage[];
  /** The part of the total that is in no row of `models` and `projects`. */
  removed: { tokens: number; cost_usd: number };
  /** Tasks that began and that ended in the period, without those that judge and document. */
  tasks: {
    /** Tasks that began in the period. */
    started: number;
    /** Tasks that ended in the period. */
    ended: number;
  };
  /** How long agents worked: the sum over tasks, without waits for people, tasks, slots and limits. */
  agent_seconds: number;
  /** What is on the disk now; null: not measured. */
  storage: {
    /** The part of the data folder. */
    what: string;
    /** Its size in bytes; null: not measured. */
    size_bytes: number | null;
  }[];
  /** What the figures do not hold, and why. */
  not_measured: {
    /** Which figures it is about. */
    what: "removed" | "price" | "storage" | "storage_part";
    /** What is missing, and why, in one sentence. */
    sentence: string;
  }[];
}
