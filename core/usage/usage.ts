/** Adds up what was used in a period. Pure; days are in UTC. */
import { isIn, type Span } from "@/core/kpis/spans";
import type { SpaceUse } from "@/core/shapes/retention";
import { exactCount, exactMoney } from "@/core/words/figures";
import type { InstallationUsage, ModelUsage, ProjectUsage } from "./shapes";

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** What entries of the log cost: calls of a model, and charges beside the calls. */
export interface Charge {
  tree: string;
  model: string;
  /** How many calls of the model are in it. */
  calls: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

/** A tree that existed in the period, with how long its agents worked in it. */
export interface WorkedTree {
  tree: string;
  project: string | null;
  agentMs: number;
}

export interface UsageFacts {
  days: { day: string; tokens: number; microUsd: number }[];
  charges: readonly Charge[];
  trees: readonly WorkedTree[];
  tasks: { started: number; ended: number };
  storage: readonly SpaceUse[];
  /** Models that were called and have no known price. */
  unpriced: readonly string[];
}

/** Adds charges to sums by tree and model: a year has millions of charges. */
export function addCharges(sums: Map<string, Charge>, charges: readonly Charge[]): void {
  for (const charge of charges) {
    const key = `${charge.tree} ${charge.model}`;
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...charge });
      continue;
    }
    sum.calls += charge.calls;
    sum.tokensIn += charge.tokensIn;
    sum.tokensOut += charge.tokensOut;
    sum.microUsd += charge.microUsd;
  }
}

/** Returns the whole days from one date to another, both included; null for a text that is no date. By default this month. */
export function daysBetween(from: string | undefined, to: string | undefined, nowMs: number): Span | null {
  const now = new Date(nowMs);
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const fromMs = from === undefined ? month : dayMs(from);
  const lastMs = to === undefined ? Math.floor(nowMs / DAY_MS) * DAY_MS : dayMs(to);
  return fromMs === null || lastMs === null ? null : { fromMs, untilMs: lastMs + DAY_MS };
}

/** A date that is none, such as 2026-02-30, would silently be another one. */
function dayMs(text: string): number | null {
  const ms = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(ms) && dayOf(ms) === text ? ms : null;
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Returns how much of the stretches in which an agent worked lies in the period, in milliseconds. */
export function workedMs(stretches: readonly { fromMs: number; toMs: number }[], span: Span): number {
  return stretches.reduce((sum, { fromMs, toMs }) => {
    return sum + Math.max(0, Math.min(toMs, span.untilMs) - Math.max(fromMs, span.fromMs));
  }, 0);
}

export function usageOf(
  facts: UsageFacts,
  { span, nowMs, installation }: { span: Span; nowMs: number; installation: string | null },
): InstallationUsage {
  const { days, charges, tasks, storage } = facts;
  const total = totalOf(days);
  const known = totalOf(
    charges.map(({ tokensIn, tokensOut, microUsd }) => ({ tokens: tokensIn + tokensOut, microUsd })),
  );
  const removed = {
    tokens: Math.max(0, total.tokens - known.tokens),
    microUsd: Math.max(0, total.microUsd - known.microUsd),
  };
  return {
    installation,
    period: { from: new Date(span.fromMs).toISOString(), until: new Date(span.untilMs).toISOString() },
    is_over: !isIn(span, nowMs) && nowMs >= span.untilMs,
    made_at: new Date(nowMs).toISOString(),
    total: shownTotal(total),
    days: days.map(({ day, ...spent }) => ({ day, ...shownTotal(spent) })),
    models: modelsOf(charges),
    projects: projectsOf(facts),
    removed: shownTotal(removed),
    tasks,
    agent_seconds: secondsOf(facts.trees),
    storage: storage.map(({ what, size_bytes }) => ({ what, size_bytes })),
    not_measured: notMeasured(facts, removed),
  };
}

interface Spent {
  tokens: number;
  microUsd: number;
}

function totalOf(rows: readonly Spent[]): Spent {
  return rows.reduce((sum, row) => ({ tokens: sum.tokens + row.tokens, microUsd: sum.microUsd + row.microUsd }), {
    tokens: 0,
    microUsd: 0,
  });
}

const shownTotal = ({ tokens, microUsd }: Spent) => ({ tokens, cost_usd: microUsd / 1e6 });
const secondsOf = (trees: readonly WorkedTree[]) =>
  Math.round(trees.reduce((sum, { agentMs }) => sum + agentMs, 0) / 1_000);

function modelsOf(charges: readonly Charge[]): ModelUsage[] {
  return (
    [...grouped(charges, ({ model }) => model)]
      .map(([model, rows]) => ({ model, calls: rows.reduce((sum, { calls }) => sum + calls, 0), ...amountsOf(rows) }))
      // Programs that take the place of a model use nothing, unless a coding agent worked in their name.
      .filter(({ cost_usd, tokens_in, tokens_out }) => cost_usd > 0 || tokens_in > 0 || tokens_out > 0)
      .sort((a, b) => b.cost_usd - a.cost_usd || b.tokens_in - a.tokens_in || (a.model < b.model ? -1 : 1))
  );
}

function projectsOf({ charges, trees }: UsageFacts): ProjectUsage[] {
  const projectOf = new Map(trees.map(({ tree, project }) => [tree, project]));
  const spent = grouped(charges, ({ tree }) => projectOf.get(tree) ?? null);
  const worked = grouped(trees, ({ project }) => project);
  return [...new Set([...spent.keys(), ...worked.keys()])]
    .map((project) => {
      const rows = spent.get(project) ?? [];
      return {
        project,
        trees: new Set(rows.map(({ tree }) => tree)).size,
        ...amountsOf(rows),
        agent_seconds: secondsOf(worked.get(project) ?? []),
      };
    })
    .sort((a, b) => b.cost_usd - a.cost_usd || b.agent_seconds - a.agent_seconds);
}

function amountsOf(rows: readonly Charge[]): { tokens_in: number; tokens_out: number; cost_usd: number } {
  const sum = (of: "tokensIn" | "tokensOut" | "microUsd") => rows.reduce((total, row) => total + row[of], 0);
  return { tokens_in: sum("tokensIn"), tokens_out: sum("tokensOut"), cost_usd: sum("microUsd") / 1e6 };
}

function grouped<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function notMeasured({ unpriced, storage }: UsageFacts, removed: Spent): InstallationUsage["not_measured"] {
  const parts = storage.filter(({ size_bytes }) => size_bytes === null).map(({ what }) => what);
  return [
    ...(removed.tokens > 0 || removed.microUsd > 0
      ? [
          {
            what: "removed" as const,
            sentence: `Trees that were removed spent ${exactMoney(removed.microUsd / 1e6)} and ${exactCount(removed.tokens)} tokens: the total has them, and their models, projects, tasks and hours are not known any more.`,
          },
        ]
      : []),
    ...(unpriced.length > 0
      ? [
          {
            what: "price" as const,
            sentence: `No price is known for ${unpriced.join(", ")}: their tokens are counted, and cost nothing here.`,
          },
        ]
      : []),
    {
      what: "storage",
      sentence: "Storage is what is on the disk now: Banyan does not keep how much there was at other times.",
    },
    ...(parts.length > 0
      ? [{ what: "storage_part" as const, sentence: `Not measured on the disk: ${parts.join(", ")}.` }]
      : []),
  ];
}
