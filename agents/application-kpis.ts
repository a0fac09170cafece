/** The part of the interface for KPIs and for what was used. */
import type { Kpis, MonthlyReport } from "@/core/shapes/kpis";
import type { InstallationUsage } from "@/core/usage/shapes";

export interface KpiQueries {
  /** Returns the KPIs of a period; by default those of the last 30 days. Throws UserError for a period that cannot be. */
  getKpis(query?: KpiQuery): Promise<Kpis>;
  /** Returns the report of a month, such as 2026-11 (UTC). Throws UserError for another text and for a month to come. */
  getReport(month: string, query?: Pick<KpiQuery, "project">): Promise<MonthlyReport>;
  /** Returns what was used from one date to another, both included (UTC); by default this month. Throws UserError. */
  getUsage(query?: { from?: string | undefined; to?: string | undefined }): Promise<InstallationUsage>;
}

interface KpiQuery {
  /** Only trees that work in the repository of this project. */
  project?: string | undefined;
  /** From this time, inclusive, until that time, exclusive: ISO 8601. */
  from?: string | undefined;
  until?: string | undefined;
}
