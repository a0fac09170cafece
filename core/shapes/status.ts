/** Shapes of the state of an installation: its slots, models, caps, and what waits for a person. */
import type { TaskStatus } from "@/core/log/terms";
import type { Counted } from "@/core/metrics/families";
import type { WaitingPromotion } from "./environments/promotions";
import type { StoppedEvolution, WaitingChange } from "./evolution";
import type { StuckForge } from "./forges";
import type { MonitorStatus } from "./health";

/** Totals over all existing trees, for monitoring programs. */
export interface ServerFigures {
  tasks: Record<TaskStatus, number>;
  trees_open: number;
  tokens_in: number;
  tokens_out: number;
  micro_usd: number;
  /** Commits of the server's process since its start. */
  commits: number;
  /** What the server counted of its work since the beginning. */
  counted: Counted[];
  /** `interval_seconds` is null without a schedule, `last_success` before the first backup. */
  backup: {
    last_success: string | null;
    has_failed: boolean;
    interval_seconds: number | null;
    /** null without a bucket. */
    bucket: { last_copy: string | null; last_proof: string | null; has_failed: boolean } | null;
  };
}

/** Slots, queue, open reviews, models, terminal and machine, for the header of pages, `banyan status` and `/metrics`. */
export interface ServerStatus {
  /** How many tasks run, and how many may. */
  slots: {
    /** Tasks that run now. */
    used: number;
    /** Most tasks that run at a time on this server. */
    max: number;
  };
  /** Tasks that are ready and have no slot yet. */
  queued: number;
  /** Review items that wait for a person. */
  openReviews: number;
  /** Lessons that wait for a person, at most 1,000. */
  candidate_lessons: number;
  /** Model of tasks whose agent names none, as `provider/model`. */
  defaultModel: string;
  /** The providers of models. */
  models: {
    /** Name of the provider. */
    name: string;
    /** Whether tasks can use it now. */
    available: boolean;
    /** Why it is not available; null: it is. */
    reason: string | null;
  }[];
  /** A sentence for each model in use that is gone, is about to be retired, or has no known limits. */
  model_notes: string[];
  /** Whether tasks can run commands. */
  terminal: {
    /** Whether commands can run on this server. */
    available: boolean;
    /** Why no command can run, in one sentence; null: they can. */
    reason: string | null;
  };
  /** Runners of this installation, and the pool of trees that name none (null: the server's machine). Null: it has no runners. */
  runners: {
    /** Name of the pool of trees that name none; null: the server's machine. */
    usual_pool: string | null;
  } | null;
  /** Version of Banyan that serves. */
  version: string;
  /** Load of the server and its machine; null when this process cannot measure it. */
  monitor: MonitorStatus | null;
  /** The kill switch: while it is set, nothing runs; null when it is not set. */
  paused_everything: {
    /** Who paused everything. */
    by: string;
    /** Since when nothing runs. */
    since: string;
    /** The reason that was given. */
    reason: string;
  } | null;
  /** Schedules that Banyan has paused, which wait for a person; the newest pause first, at most 20. */
  paused_schedules: PausedSchedule[];
  /** Links of projects with forges that bring no work until a person does something; the newest first, at most 20. */
  stuck_forges: StuckForge[];
  /** Changes of evolutions that wait for a person and are decided here; the newest first, at most 20. */
  waiting_changes: WaitingChange[];
  /** Promotions that wait for an approval; the newest first, at most 20. */
  waiting_promotions: WaitingPromotion[];
  /** Evolutions that Banyan has stopped, which wait for a person; the newest first, at most 20. */
  stopped_evolutions: StoppedEvolution[];
  /** How many entries each of these five lists would have without its limit. */
  totals: StatusTotals;
  /** Spend of all trees since midnight (UTC), with its caps; null without a cap. */
  today: {
    /** US dollars spent since midnight (UTC). */
    cost_usd: number;
    /** Tokens used since midnight (UTC). */
    tokens: number;
    /** Most US dollars of a day; null: no cap. */
    cap_usd: number | null;
    /** Most tokens of a day; null: no cap. */
    cap_tokens: number | null;
  };
  caps: SpendCaps;
}

/** How much of each kind needs a person, also what the list of the same name leaves out. */
export interface StatusTotals {
  /** Schedules that Banyan has paused. */
  paused_schedules: number;
  /** Links with forges that bring no work. */
  stuck_forges: number;
  /** Changes of evolutions that wait for a person. */
  waiting_changes: number;
  /** Promotions that wait for an approval. */
  waiting_promotions: number;
  /** Evolutions that Banyan has stopped. */
  stopped_evolutions: number;
}

/** A schedule that begins nothing until a person resumes it. */
export interface PausedSchedule {
  /** Id of the schedule. */
  id: string;
  /** Name of the schedule. */
  name: string;
  /** When Banyan paused it. */
  at: string;
  /** Why Banyan paused it. */
  sentence: string;
}

/** The caps on money of the installation, in dollars; null: no cap. */
export interface SpendCaps {
  /** For all trees together, since midnight (UTC). */
  day_usd: number | null;
  /** The setting that sets `day_usd`, so that nobody can change it here; null: none. */
  day_setting: string | null;
  /** For a tree that is submitted without a cap on its money or tokens. */
  tree_usd: number | null;
}
