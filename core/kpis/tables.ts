/** The tables that explain the figures of a period. Pure. */
import { FAILURES, isFailureKey } from "@/core/failures/kinds";
import { percentile } from "@/core/percentile";
import type { KpiTables, NotMeasured, NotMeasuredCode } from "@/core/shapes/kpis";
import { notMeasuredSentence } from "@/core/words/kpis/not-measured";
import type { KpiFacts, TaskEnd } from "./facts";
import { groupBy, sumOf, within } from "./measure";
import { costs, isCut } from "./operations";
import { isIn, type Span } from "./spans";

export function tablesOf(facts: KpiFacts, span: Span): KpiTables {
  // The newest part of the rows would look like the whole.
  const tasks = isCut(facts.tasks, span) ? null : within(facts.tasks.rows, span);
  const failures = span.fromMs < facts.failuresSinceMs ? null : failuresOf(facts, span);
  const lasts = tasks?.filter(({ isLast }) => isLast) ?? null;
  return {
    not_measured: {
      tasks: tasks === null ? because("too_many") : null,
      failures: failures === null ? because("failures_forgotten") : null,
    },
    failed: tasks && failedOf(tasks),
    failures,
    models: lasts && modelsOf(lasts),
    days:
      lasts &&
      [...groupBy(lasts, ({ endedAtMs }) => dayOf(endedAtMs))]
        .map(([day, rows]) => ({ day, ...spentBy(rows) }))
        .sort((a, b) => order(a.day, b.day)),
    projects: projectsOf(facts, tasks, span),
    decisions: decisionsOf(facts, span),
  };
}

function because(code: NotMeasuredCode): NotMeasured {
  return { code, sentence: notMeasuredSentence(code) };
}

function modelsOf(lasts: TaskEnd[]) {
  return [...groupBy(lasts.filter(costs), ({ model }) => model)]
    .map(([model, rows]) => ({ model, ...spentBy(rows) }))
    .sort((a, b) => b.cost_usd - a.cost_usd || b.tasks - a.tasks || order(a.model, b.model));
}

function failedOf(tasks: TaskEnd[]) {
  const failed = tasks.filter(({ status }) => status === "failed");
  return [...groupBy(failed, ({ reason }) => reason ?? "unknown")]
    .map(([reason, rows]) => ({ reason, times: rows.length, share: rows.length / tasks.length }))
    .sort((a, b) => b.times - a.times || order(a.reason, b.reason));
}

function failuresOf({ failures }: KpiFacts, span: Span) {
  return [
    ...groupBy(
      failures.filter(({ atMs }) => isIn(span, atMs)),
      ({ kind }) => kind,
    ),
  ]
    .map(([kind, rows]) => ({
      kind,
      title: isFailureKey(kind) ? FAILURES[kind].title : kind,
      times: rows.length,
      settled: rows.filter(({ became }) => became !== "open").length,
      recovered: rows.filter(({ became }) => became === "recovered").length,
    }))
    .sort((a, b) => b.times - a.times || order(a.kind, b.kind));
}

function spentBy(tasks: TaskEnd[]) {
  return { tasks: tasks.length, cost_usd: sumOf(tasks.map(({ microUsd }) => microUsd)) / 1_000_000 };
}

/** `tasks`: null where some of them were not read. */
function projectsOf(facts: KpiFacts, tasks: TaskEnd[] | null, span: Span): KpiTables["projects"] {
  const cycles = groupBy(within(facts.cycles, span), ({ project }) => project);
  const all = groupBy(tasks ?? [], ({ project }) => project);
  return [...new Set([...cycles.keys(), ...all.keys()])]
    .map((project) => {
      const own = cycles.get(project) ?? [];
      return {
        project,
        cycles: own.length,
        succeeded: own.filter(({ end }) => end === "succeeded").length,
        cycles_usd: sumOf(own.map(({ microUsd }) => microUsd)) / 1_000_000,
        all_usd: tasks && spentBy(all.get(project) ?? []).cost_usd,
      };
    })
    .sort(
      (a, b) => (b.all_usd ?? b.cycles_usd) - (a.all_usd ?? a.cycles_usd) || order(a.project ?? "", b.project ?? ""),
    );
}

function decisionsOf({ reviews }: KpiFacts, span: Span): KpiTables["decisions"] {
  return [
    ...groupBy(
      reviews.filter(({ settledAtMs }) => isIn(span, settledAtMs)),
      ({ kind }) => kind,
    ),
  ]
    .map(([kind, rows]) => {
      const people = rows.filter(({ by }) => by === "people");
      const waits = people.map(({ createdAtMs, settledAtMs }) => settledAtMs - createdAtMs);
      return {
        kind,
        people: people.length,
        rules: rows.filter(({ by }) => by === "rules").length,
        nobody: rows.filter(({ by }) => by === "nobody").length,
        median_wait_ms: waits.length === 0 ? null : percentile(waits, 0.5),
      };
    })
    .sort((a, b) => b.people - a.people || order(a.kind, b.kind));
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
