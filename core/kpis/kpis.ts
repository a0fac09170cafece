/** Computes all KPIs of a period from facts, each with the period before and its weeks. Pure. */
import type { Kpi, Kpis, KpiTarget, Period } from "@/core/shapes/kpis";
import { notMeasuredSentence } from "@/core/words/kpis/not-measured";
import { type BacklogFacts, backlogOf } from "./backlog";
import { type KpiFacts, ofProject } from "./facts";
import type { KpiDefinition, Measured } from "./measure";
import { OPERATIONS } from "./operations";
import { QUALITY } from "./quality";
import { lastDays, type Span, type Spans, weeksUntil } from "./spans";
import { tablesOf } from "./tables";
import { COST, WORK } from "./work";

/** In the order in which lists name them. */
const DEFINITIONS: readonly KpiDefinition[] = [...WORK, ...QUALITY, ...COST, ...OPERATIONS];

/** A larger list would hide what it is about. */
const MOST_COUNTED = 50;

interface Asked extends Spans {
  project: string | null;
}

export function kpisOf(all: KpiFacts, backlog: BacklogFacts, { period, before, project }: Asked): Kpis {
  const facts = ofProject(all, project);
  const items = DEFINITIONS.map((definition) => kpiOf(definition, facts, { period, before }));
  return {
    items,
    next: null,
    period: shown(period),
    before: shown(before),
    project,
    tables: tablesOf(facts, period),
    backlog: backlogOf(
      { ...backlog, gateRuns: project === null ? facts.gateRuns : [], kpis: items },
      { period, project },
    ),
  };
}

/** Returns the earliest time of which facts are needed. */
export function neededSince({ period, before }: Spans): number {
  const days = Math.max(...DEFINITIONS.map((definition) => definition.days ?? 0));
  const spans = [before, ...weeksUntil(period.untilMs)];
  return Math.min(...spans.flatMap((span) => [span.fromMs, lastDays(span, days).fromMs]));
}

function kpiOf(definition: KpiDefinition, facts: KpiFacts, { period, before }: Spans): Kpi {
  const { id, group, name, formula, source, unit, target, days } = definition;
  const measured = (span: Span) => definition.measure(facts, days === undefined ? span : lastDays(span, days));
  const valueIn = (span: Span) => figureOf(measured(span));
  const now = measured(period);
  const [value, valueBefore] = [figureOf(now), valueIn(before)];
  return {
    id,
    group,
    name,
    formula,
    source,
    unit,
    target,
    value,
    not_measured:
      "missing" in now ? { code: now.missing, sentence: notMeasuredSentence(now.missing, now.lacks) } : null,
    basis: "missing" in now ? null : now.basis,
    verdict: verdictOf(definition, now),
    before: valueBefore,
    change: value === null || valueBefore === null ? null : value - valueBefore,
    weeks: weeksUntil(period.untilMs).map((span) => ({
      from: new Date(span.fromMs).toISOString(),
      value: valueIn(span),
    })),
    counted: "missing" in now ? [] : now.counted.slice(0, MOST_COUNTED),
  };
}

function figureOf(measured: Measured): number | null {
  return "missing" in measured ? null : measured.value;
}

function verdictOf({ target, least }: KpiDefinition, measured: Measured): Kpi["verdict"] {
  if ("missing" in measured || target === null) return "none";
  if (measured.basis.of < least) return "few";
  return isMet(target, measured.value) ? "met" : "missed";
}

function isMet({ at, value: limit }: KpiTarget, value: number): boolean {
  if (at === "least") return value >= limit;
  if (at === "most") return value <= limit;
  return at === "above" ? value > limit : value < limit;
}

function shown({ fromMs, untilMs }: Span): Period {
  return { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() };
}
