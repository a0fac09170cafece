/** What should be improved next, as one list: from KPIs below their targets, gates, failures, insights and lessons. Pure. */
import type { FailureAdvice } from "@/core/shapes/failures";
import type { GateRun, RanGate } from "@/core/shapes/improving/gate-runs";
import type { ProjectInsight } from "@/core/shapes/insights";
import type { BacklogItem, Kpi } from "@/core/shapes/kpis";
import { gateTitle, OUTCOME_WORDS } from "@/core/words/gates";
import { flat, KIND_WORDS, placeOf } from "@/core/words/insights/insights";
import { basisText, targetText, valueText } from "@/core/words/kpis/kpis";
import { withoutDisguise } from "@/core/words/visible";
import { groupBy } from "./measure";
import { isIn, type Span } from "./spans";

/** What is known besides the facts of the KPIs. */
export interface BacklogFacts {
  /** Open insights of the projects that are looked at, the highest score first for each. */
  insights: { project: string; insight: ProjectInsight }[];
  /** Lessons that were retired because commands showed that they harm. */
  retired: { id: string; advice: string; harmed: number; atMs: number }[];
  /** What a person could do about failures in all trees. */
  advice: FailureAdvice[];
}

const MOST = 20;
const MOST_OF_A_PROJECT = 5;
const MOST_LESSONS = 3;

const WEIGHTS = { gate_failed: 0.95, gate_not_measured: 0.75, missed: 0.5, failure: 0.6, lesson: 0.25 };

export function backlogOf(
  { kpis, gateRuns, insights, retired, advice }: BacklogFacts & { kpis: readonly Kpi[]; gateRuns: readonly GateRun[] },
  { period, project }: { period: Span; project: string | null },
): BacklogItem[] {
  return [
    ...worseGates(gateRuns, period),
    ...kpis.flatMap((kpi) => missedKpi(kpi, project)),
    ...(project === null ? advice.map(failure) : []),
    ...topOf(insights),
    ...(project === null ? harmful(retired, period) : []),
  ]
    .toSorted((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1))
    .slice(0, MOST);
}

/** Gates that passed in one whole run and not in the next, in the two newest of the period. */
function worseGates(runs: readonly GateRun[], period: Span): BacklogItem[] {
  const [newest, earlier] = runs.filter(({ quick, started_at }) => !quick && Date.parse(started_at) < period.untilMs);
  if (newest === undefined || earlier === undefined || !isIn(period, Date.parse(newest.started_at))) return [];
  const passedBefore = (gate: string) => earlier.gates.some((one) => one.gate === gate && one.outcome === "passed");
  return newest.gates.flatMap((gate) => {
    const { outcome } = gate;
    if ((outcome !== "failed" && outcome !== "not_measured") || !passedBefore(gate.gate)) return [];
    return [worseGate(gate, outcome, newest.id)];
  });
}

function worseGate(gate: RanGate, outcome: "failed" | "not_measured", run: string): BacklogItem {
  return {
    kind: "gate",
    id: `gate ${gate.gate}`,
    title: `The gate “${gateTitle(gate)}” got worse`,
    why: `It passed in the run before, and in the newest it is ${OUTCOME_WORDS[outcome]}.`,
    weight: outcome === "failed" ? WEIGHTS.gate_failed : WEIGHTS.gate_not_measured,
    project: null,
    page: `/operations/gates/${run}`,
  };
}

const PAGES: Partial<Record<string, string>> = {
  recovered: "/memory/failures",
  rounds_saved: "/memory",
};

function missedKpi(kpi: Kpi, project: string | null): BacklogItem[] {
  const { id, name, value, target, verdict, counted } = kpi;
  if (verdict !== "missed" || value === null || target === null) return [];
  // What keeps a KPI from its target comes first among what it counts.
  const [worst] = counted.filter(({ kind }) => kind === "tree");
  const driven = worst === undefined ? "" : ` What weighs most: “${flat(worst.title)}”, ${worst.says}.`;
  return [
    {
      kind: "kpi",
      id: `kpi ${id}`,
      title: `${name}: ${valueText(kpi.unit, value, target.at)}`,
      why: `The target is ${targetText(kpi.unit, target)}; counted: ${basisText(kpi)}.${driven}`,
      weight: WEIGHTS.missed + (1 - WEIGHTS.missed) * distanceOf(value, target.value),
      project,
      page: PAGES[id] ?? (worst === undefined ? `/operations/kpis#${id}` : `/trees/${worst.id}`),
    },
  ];
}

/** From 0 to 1: how far a value is from its target, as a part of the target. */
function distanceOf(value: number, target: number): number {
  return Math.min(1, Math.abs(value - target) / Math.max(Math.abs(target), 0.01));
}

function failure({ kind, says, action }: FailureAdvice): BacklogItem {
  return {
    kind: "failure",
    id: `failure ${kind}`,
    title: says,
    why: action,
    weight: WEIGHTS.failure,
    project: null,
    page: "/memory/failures",
  };
}

function topOf(insights: BacklogFacts["insights"]): BacklogItem[] {
  return [...groupBy(insights, ({ project }) => project).values()].flatMap((own) =>
    own.slice(0, MOST_OF_A_PROJECT).map(({ project, insight }) => ({
      kind: "insight" as const,
      id: `insight ${project} ${insight.id}`,
      title: flat(withoutDisguise(insight.title)),
      why: `${KIND_WORDS[insight.kind]} in ${flat(withoutDisguise(placeOf(insight)))}, score ${insight.score.toFixed(2)}.`,
      weight: insight.score,
      project,
      page: `/projects/${project}/insights?insight=${insight.id}`,
    })),
  );
}

function harmful(retired: BacklogFacts["retired"], period: Span): BacklogItem[] {
  return retired
    .filter(({ atMs }) => isIn(period, atMs))
    .slice(0, MOST_LESSONS)
    .map(({ id, advice, harmed }) => ({
      kind: "lesson",
      id: `lesson ${id}`,
      title: `A lesson was retired: “${flat(withoutDisguise(advice)).slice(0, 120)}”`,
      why: `Commands showed ${harmed === 1 ? "once" : `${harmed} times`} that it harms. Write what is right, or keep it retired.`,
      weight: WEIGHTS.lesson,
      project: null,
      page: `/memory/lessons/${id}`,
    }));
}
