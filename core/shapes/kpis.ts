/** KPIs as clients see them: each with its formula, what it rests on, and its target. */

export const KPI_GROUPS = ["work", "quality", "cost", "operations"] as const;
/** What a KPI is about. */
export type KpiGroup = (typeof KPI_GROUPS)[number];

/** `share`: from 0 to 1. `points`: a difference of two shares. `ms`: a time. */
export type KpiUnit = "share" | "points" | "usd" | "number" | "ms";

/** Why there is no figure. */
export type NotMeasuredCode =
  | "no_cycle"
  | "no_check"
  | "no_gate_run"
  | "gates_of_no_project"
  | "no_pull_request"
  | "no_reverts"
  | "no_services"
  | "few_goals"
  | "no_failure"
  | "no_task"
  | "too_many"
  | "no_decision"
  | "no_page"
  | "no_start"
  | "short_journal"
  | "whole_server";

/** `GET /kpis`: the KPIs of a period, and the tables that explain them. */
export interface Kpis {
  items: Kpi[];
  next: null;
  period: Period;
  /** The period of the same length before it, or the month before a month. */
  before: Period;
  /** Only trees that work in its repository; null: all. */
  project: string | null;
  tables: KpiTables;
  /** What should be improved next, the most pressing first. */
  backlog: BacklogItem[];
}

/** `from` is in it, `until` is not. */
export interface Period {
  from: string;
  until: string;
}

/** A KPI with its values. */
export interface Kpi {
  id: string;
  group: KpiGroup;
  name: string;
  /** How it is computed, in words. */
  formula: string;
  /** What it is read from. */
  source: string;
  unit: KpiUnit;
  target: KpiTarget | null;
  /** Null: not measured. */
  value: number | null;
  /** Why there is no value. */
  not_measured: { code: NotMeasuredCode; sentence: string } | null;
  /** What it rests on; null without a value. */
  basis: KpiBasis | null;
  /** `few`: too little to judge by. `none`: it has no target, or no value. */
  verdict: "met" | "missed" | "few" | "none";
  /** The value of the period before. */
  before: number | null;
  change: number | null;
  /** The values of the last twelve weeks, the oldest first. */
  weeks: { from: string; value: number | null }[];
  /** What was counted, at most 50: what keeps it from its target first. */
  counted: Counted[];
}

/** The value that a KPI should reach. */
export interface KpiTarget {
  at: "least" | "most" | "above" | "below";
  value: number;
}

/** 142 ÷ 156 cycles. */
export interface KpiBasis {
  /** Null where nothing is divided, as for a median. */
  amount: number | null;
  unit: "number" | "usd" | "ms";
  of: number;
  /** What is counted, in the singular. */
  noun: string;
}

/** A tree or a run of the gates that counts. */
export interface Counted {
  kind: "tree" | "gate_run";
  id: string;
  title: string;
  /** What it adds, such as “failed” or “$0.20”. */
  says: string;
}

/** What explains the figures of the period. */
export interface KpiTables {
  /** Why tasks failed or were stopped, most often first. */
  failed: { reason: string; times: number; share: number }[];
  /** What went wrong in tasks, by the kinds of failures. */
  failures: { kind: string; title: string; times: number; settled: number; recovered: number }[];
  /** What tasks that ended cost. A model that is a program costs nothing and is left out. */
  models: { model: string; tasks: number; cost_usd: number }[];
  /** The same by the day (UTC) on which they ended. */
  days: { day: string; tasks: number; cost_usd: number }[];
  /** Null: trees of no project. */
  projects: { project: string | null; cycles: number; succeeded: number; cycles_usd: number; all_usd: number }[];
  decisions: { kind: string; people: number; rules: number; nobody: number; median_wait_ms: number | null }[];
}

/** Something that the figures say should be improved, with the page on which a person acts. */
export interface BacklogItem {
  kind: "gate" | "kpi" | "failure" | "insight" | "lesson";
  /** Stays the same while it is the same thing. */
  id: string;
  title: string;
  why: string;
  /** From 0 to 1. */
  weight: number;
  project: string | null;
  /** The address of the page on which a person acts, below the address of the server. */
  page: string;
}

/** `GET /reports/:month`. */
export interface MonthlyReport {
  /** Such as 2026-11. */
  month: string;
  /** Whether the month has ended; else its figures may change. */
  is_over: boolean;
  made_at: string;
  kpis: Kpis;
}
