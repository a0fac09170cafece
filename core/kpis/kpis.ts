/** Computes all KPIs of a period from facts, each with the period before and its weeks. Pure. */
import type { Kpi, Kpis, KpiTarget, Period } from "@/core/shapes/kpis";
import { notMeasuredSentence } from "@/core/words/kpis/not-measured";
import { type BacklogFacts, backlogOf } from "./backlog";
import { inSpan, type KpiFacts, ofProject } from "./facts";
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
  // Each row is looked at once for each span, and not once for each KPI besides.
  const slice = (span: Span): Slice => ({ span, whole: facts, facts: inSpan(facts, span) });
  const slices = { now: slice(period), earlier: slice(before), weeks: weeksUntil(period.untilMs).map(slice) };
  const items = DEFINITIONS.map((definition) => kpiOf(definition, slices));
  return {
    items,
    next: null,
    period: shown(period),
    before: shown(before),
    project,
    tables: tablesOf(slices.now.facts, period),
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

/** A span with its facts, and those of all spans. */
interface Slice {
  span: Span;
  facts: KpiFacts;
  whole: KpiFacts;
}

function kpiOf(definition: KpiDefinition, slices: { now: Slice; earlier: Slice; weeks: Slice[] }): Kpi {
  const { id, group, name, formula, source, unit, target, days } = definition;
  const measured = ({ span, facts, whole }: Slice) =>
    days === undefined ? definition.measure(facts, span) : definition.measure(whole, lastDays(span, days));
  const valueIn = (slice: Slice) => figureOf(measured(slice));
  const now = measured(slices.now);
  const [value, valueBefore] = [figureOf(now), valueIn(slices.earlier)];
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
    weeks: slices.weeks.map((slice) => ({
      from: new Date(slice.span.fromMs).toISOString(),
      value: valueIn(slice),
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
