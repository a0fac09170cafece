/** KPIs as the fake application shows them: of an installation in which nothing has happened yet. */
import { kpisOf } from "@/core/kpis/kpis";
import { monthOf, spansOf } from "@/core/kpis/spans";
import type { Kpis, MonthlyReport } from "@/core/shapes/kpis";
import { usageOf } from "@/core/usage/usage";

const NOW_MS = Date.UTC(2026, 10, 27);
const NOTHING = { rows: [], sinceMs: null };

function of(spans: Parameters<typeof spansOf>[0]): Kpis {
  const facts = {
    project: null,
    cycles: [],
    memory: [],
    pulls: [],
    failures: [],
    failuresSinceMs: 0,
    tasks: NOTHING,
    replies: NOTHING,
    reviews: [],
    services: [],
    gateRuns: [],
    pages: [],
    starts: { crashes: [], sinceMs: null },
  };
  return kpisOf(facts, { insights: [], retired: [], advice: [] }, { ...spansOf(spans), project: null });
}

export const FAKE_KPIS = {
  getUsage: async () => {
    const facts = { days: [], charges: [], trees: [], tasks: { started: 0, ended: 0 }, storage: [], unpriced: [] };
    const span = { fromMs: NOW_MS - 30 * 86_400_000, untilMs: NOW_MS };
    return usageOf(facts, { span, nowMs: NOW_MS, installation: null });
  },
  getKpis: async () => of({ fromMs: NOW_MS - 30 * 86_400_000, untilMs: NOW_MS }),
  async getReport(month: string): Promise<MonthlyReport> {
    const { period, isOver } = monthOf(month, NOW_MS) ?? { ...spansOf({ fromMs: 0, untilMs: 1 }), isOver: true };
    return { month, is_over: isOver, made_at: new Date(NOW_MS).toISOString(), kpis: of(period) };
  },
};
