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
  | "failures_forgotten"
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
  /** The first moment of the period. */
  from: string;
  /** The first moment after the period. */
  until: string;
}

/** Why something is not measured. */
export interface NotMeasured {
  /** Why, for programs. */
  code: NotMeasuredCode;
  /** Why, in one sentence. */
  sentence: string;
}

/** A KPI with its values. */
export interface Kpi {
  /** Identifies the KPI. */
  id: string;
  group: KpiGroup;
  /** Its name for people. */
  name: string;
  /** How it is computed, in words. */
  formula: string;
  /** What it is read from. */
  source: string;
  unit: KpiUnit;
  /** The value that it should reach; null: it has none. */
  target: KpiTarget | null;
  /** Null: not measured. */
  value: number | null;
  /** Why there is no value. */
  not_measured: NotMeasured | null;
  /** What it rests on; null without a value. */
  basis: KpiBasis | null;
  /** `few`: too little to judge by. `none`: it has no target, or no value. */
  verdict: "met" | "missed" | "few" | "none";
  /** The value of the period before. */
  before: number | null;
  /** The value minus that of the period before; null when one of them is not measured. */
  change: number | null;
  /** The values of the last twelve weeks, the oldest first. */
  weeks: {
    /** The first moment of the week. */
    from: string;
    /** The value of the week; null: not measured. */
    value: number | null;
  }[];
  /** What was counted, at most 50: what keeps it from its target first. */
  counted: Counted[];
}

/** The value that a KPI should reach. */
export interface KpiTarget {
  /** How the value has to compare with the target: at `least`, at `most`, `above` or `below` it. */
  at: "least" | "most" | "above" | "below";
  /** The target, in the unit of the KPI. */
  value: number;
}

/** 142 ÷ 156 cycles. */
export interface KpiBasis {
  /** Null where nothing is divided, as for a median. */
  amount: number | null;
  /** Unit of `amount`. */
  unit: "number" | "usd" | "ms";
  /** The number that the amount is divided by, or the number of values. */
  of: number;
  /** What is counted, in the singular. */
  noun: string;
}

/** A tree or a run of the gates that counts. */
export interface Counted {
  /** Whether `id` is that of a tree or of a run of the gates. */
  kind: "tree" | "gate_run";
  /** Id of the tree or the run. */
  id: string;
  /** Title of the tree, or the beginning of the hash of the judged commit. */
  title: string;
  /** What it adds, such as “failed” or “$0.20”. */
  says: string;
}

/** What explains the figures of the period. A table of which only a part could be read is null. */
export interface KpiTables {
  /** Why there are null tables. */
  not_measured: {
    /** Why `failed`, `models`, `days`, and `all_usd` of projects are null. */
    tasks: NotMeasured | null;
    /** Why `failures` is null. */
    failures: NotMeasured | null;
  };
  /** Why tasks failed or were stopped, most often first. */
  failed:
    | {
        /** Why they failed or were stopped. */
        reason: string;
        /** Number of tasks. */
        times: number;
        /** Their share of the tasks that ended, from 0 to 1. */
        share: number;
      }[]
    | null;
  /** What went wrong in tasks, by the kinds of failures. */
  failures:
    | {
        /** Identifies the kind of failure. */
        kind: string;
        /** The kind of failure, in a few words. */
        title: string;
        /** How often it happened. */
        times: number;
        /** Those of which it is known whether the work went on. */
        settled: number;
        /** Those after which the work went on without a person. */
        recovered: number;
      }[]
    | null;
  /** What tasks that ended cost. A model that is a program costs nothing and is left out. */
  models:
    | {
        /** The model, as `provider/model`. */
        model: string;
        /** Tasks that ended. */
        tasks: number;
        cost_usd: number;
      }[]
    | null;
  /** The same by the day (UTC) on which they ended. */
  days:
    | {
        /** The day, as `YYYY-MM-DD`. */
        day: string;
        /** Tasks that ended. */
        tasks: number;
        cost_usd: number;
      }[]
    | null;
  /** Null: trees of no project. */
  projects: {
    /** Name of the project; null: trees of no project. */
    project: string | null;
    /** Goals, issues and evolutions whose work ended in the period. */
    cycles: number;
    /** Those of them that succeeded. */
    succeeded: number;
    /** What these cycles have cost, in US dollars. */
    cycles_usd: number;
    /** What all tasks of the project that ended have cost, in US dollars; null: not measured. */
    all_usd: number | null;
  }[];
  /** How review items were settled, by their kind. */
  decisions: {
    /** Kind of the items. */
    kind: string;
    /** Items that people decided. */
    people: number;
    /** Items that rules decided. */
    rules: number;
    /** Items that timed out or were withdrawn. */
    nobody: number;
    /** Median time until people decided, in milliseconds; null: they decided none. */
    median_wait_ms: number | null;
  }[];
}

/** Something that the figures say should be improved, with the page on which a person acts. */
export interface BacklogItem {
  /** What it comes from. */
  kind: "gate" | "kpi" | "failure" | "insight" | "lesson";
  /** Stays the same while it is the same thing. */
  id: string;
  /** What should be improved, as a title. */
  title: string;
  /** What the figures say, in words. */
  why: string;
  /** From 0 to 1. */
  weight: number;
  /** Name of the project; null: it is about the installation. */
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
  /** When the report was computed. */
  made_at: string;
  kpis: Kpis;
}
