/** The successful answers of the routes about changes of Banyan by its agents; see `answers.ts`. */
import type { Failures } from "@/core/shapes/failures";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { GatesReport } from "@/core/shapes/improving/gates";
import type { Improvement } from "@/core/shapes/improving/improvement";
import type { SelfState } from "@/core/shapes/improving/self";
import type { Kpis, MonthlyReport } from "@/core/shapes/kpis";
import type { Page } from "@/core/shapes/shapes";
import type { InstallationUsage } from "@/core/usage/shapes";

export interface ImprovingAnswers {
  /** Whether agents may propose changes of Banyan's own code. */
  "GET self": SelfState;
  /** Faults of tasks, and the review agent's looks at them with what they proposed. */
  "GET improvement": Improvement;
  /** Every kind of failure with its counts from the logs, and what a person could do. */
  "GET failures": Failures;
  /** The KPIs of a period, each with its formula, what it rests on, its target and its weeks; by default of 30 days. */
  "GET kpis": Kpis;
  /** The report of a month such as 2026-11: its KPIs, against the month before. */
  "GET reports/:id": MonthlyReport;
  /** What was used from one date to another (UTC), for a bill; by default this month. */
  "GET usage": InstallationUsage;
  /** Finished runs of the gates on changes by agents, the newest first. */
  "GET gate-runs": Page<GateRun>;
  /** What the gates said in a run. */
  "GET gate-runs/:id": GatesReport;
}
