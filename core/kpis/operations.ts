/** Operational KPIs: how much is done, how long things wait and take, and what fails. Pure. */
import type { FailureKey } from "@/core/failures/kinds";
import { MODEL_FAILURES } from "@/core/failures/kinds/model";
import { percentile } from "@/core/percentile";
import { isProgram } from "@/core/programs/names";
import type { KpiFacts, Newest, SettledReview, TaskEnd } from "./facts";
import { FEW, type KpiDefinition, type Measured, shareOf, sumOf, within } from "./measure";
import { pagePercentile } from "./page-times";
import { daysOf, isIn, type Span } from "./spans";

/** The kind of failure of a call that a crash cut. */
const CUT: FailureKey = "outcome_unknown";

const QUEUE = {
  group: "operations",
  source: "the times of tasks that ended in the period",
  unit: "ms",
  target: null,
  least: FEW,
} as const;
const QUEUE_FORMULA =
  "the time from when a task could begin (it was made, or the last task before it ended) until a worker took it";
const CALL_FORMULA =
  "the time from the entry of the log before a reply until the reply; calls that a limit of the provider parked are left out";

export const OPERATIONS: KpiDefinition[] = [
  {
    id: "tasks_per_day",
    group: "operations",
    name: "Tasks a day",
    formula: "tasks that ended in the period ÷ its days",
    source: "the ends of tasks",
    unit: "number",
    target: null,
    least: FEW,
    measure(facts, span) {
      return ofTasks(facts.tasks, span, (tasks) => {
        const ended = tasks.filter(({ isLast }) => isLast);
        const basis = { amount: ended.length, unit: "number", of: round(daysOf(span)), noun: "day" } as const;
        return { value: ended.length / daysOf(span), basis, counted: [] };
      });
    },
  },
  {
    ...QUEUE,
    id: "queue_median",
    name: "Wait in the queue, median",
    formula: `median of ${QUEUE_FORMULA}`,
    measure: queue(0.5),
  },
  {
    ...QUEUE,
    id: "queue_p95",
    name: "Wait in the queue, 95th percentile",
    formula: `95th percentile of ${QUEUE_FORMULA}`,
    measure: queue(0.95),
  },
  {
    ...QUEUE,
    id: "model_call_median",
    name: "Model call, median",
    formula: `median of ${CALL_FORMULA}`,
    source: "the times of replies in the log",
    measure: modelCalls(0.5),
  },
  {
    ...QUEUE,
    id: "model_call_p95",
    name: "Model call, 95th percentile",
    formula: `95th percentile of ${CALL_FORMULA}`,
    source: "the times of replies in the log",
    measure: modelCalls(0.95),
  },
  {
    ...QUEUE,
    id: "page_p95",
    name: "Answer of a page, 95th percentile",
    formula:
      "95th percentile of the time from the request of a page until its whole answer is sent, of the hours that began in the period; times are counted in steps of 5 % and rounded up",
    source: "the server's own clock, by the hour",
    target: { at: "below", value: 200 },
    measure({ project, pages }, span) {
      if (project !== null) return { missing: "whole_server" };
      const answered = pages.filter(({ atMs }) => isIn(span, atMs));
      const value = pagePercentile(answered, 0.95);
      if (value === null) return { missing: "no_page" };
      const of = sumOf(answered.map(({ pages: amount }) => amount));
      return { value, basis: { amount: null, unit: "number", of, noun: "page" }, counted: [] };
    },
  },
  {
    id: "attempts_failed",
    group: "operations",
    name: "Attempts that fail",
    formula: "attempts of tasks that failed ÷ attempts that ended in the period",
    source: "the ends of tasks, each attempt for itself",
    unit: "share",
    target: null,
    least: FEW,
    measure: ({ tasks }, span) =>
      ofTasks(tasks, span, (ended) => shareOf(ended, "attempt", ({ status }) => status === "failed")),
  },
  {
    id: "attempts_again",
    group: "operations",
    name: "Attempts after the first",
    formula: "attempts that a retry began ÷ attempts that ended in the period",
    source: "the ends of tasks, each attempt for itself",
    unit: "share",
    target: null,
    least: FEW,
    measure: ({ tasks }, span) =>
      ofTasks(tasks, span, (ended) => shareOf(ended, "attempt", ({ attempt }) => attempt > 1)),
  },
  {
    id: "model_errors",
    group: "operations",
    name: "Errors of models",
    formula: "failures of model calls in the period ÷ its days",
    source: "failures by kinds",
    unit: "number",
    target: null,
    least: FEW,
    measure({ failures, failuresSinceMs, tasks }, span) {
      if (span.fromMs < failuresSinceMs) return { missing: "failures_forgotten" };
      if (within(tasks.rows, span).length === 0) return { missing: "no_task" };
      const amount = failures.filter(
        ({ kind, atMs }) => isIn(span, atMs) && Object.hasOwn(MODEL_FAILURES, kind),
      ).length;
      const basis = { amount, unit: "number", of: round(daysOf(span)), noun: "day" } as const;
      return { value: amount / daysOf(span), basis, counted: [] };
    },
  },
  {
    id: "crashes",
    group: "operations",
    name: "Crashes of the server",
    formula: "processes of the server that ended without a word in the period; their tasks continued from their logs",
    source: "the journal of starts, which keeps the newest hundred",
    unit: "number",
    target: null,
    least: 0,
    measure({ project, starts }, span) {
      if (project !== null) return { missing: "whole_server" };
      if (starts.sinceMs === null) return { missing: "no_start" };
      if (starts.sinceMs > span.fromMs) return { missing: "short_journal" };
      const value = starts.crashes.filter(({ atMs }) => isIn(span, atMs)).length;
      return { value, basis: { amount: null, unit: "number", of: value, noun: "crash" }, counted: [] };
    },
  },
  {
    id: "calls_cut",
    group: "operations",
    name: "Calls whose outcome a crash left unknown",
    formula: "calls that must not run twice and were running when their process ended, in the period",
    source: "failures by kinds",
    unit: "number",
    target: null,
    least: 0,
    measure({ failures, failuresSinceMs, tasks }, span) {
      if (span.fromMs < failuresSinceMs) return { missing: "failures_forgotten" };
      if (within(tasks.rows, span).length === 0) return { missing: "no_task" };
      const value = failures.filter(({ kind, atMs }) => kind === CUT && isIn(span, atMs)).length;
      return { value, basis: { amount: null, unit: "number", of: value, noun: "call" }, counted: [] };
    },
  },
  {
    id: "cost_per_day",
    group: "operations",
    name: "Cost a day",
    formula: "what tasks that ended in the period cost ÷ its days",
    source: "the cost of each model call and tool, added up by task",
    unit: "usd",
    target: null,
    least: FEW,
    measure: ({ tasks }, span) =>
      ofTasks(tasks, span, (ended) => {
        const amount = sumOf(ended.map(({ microUsd }) => microUsd)) / 1_000_000;
        const basis = { amount, unit: "usd", of: round(daysOf(span)), noun: "day" } as const;
        return { value: amount / daysOf(span), basis, counted: [] };
      }),
  },
  {
    id: "decided_by_people",
    group: "operations",
    name: "Review items that people decide",
    formula: "items that a person decided ÷ (decided by people + by rules + by nobody), of those settled in the period",
    source: "review items",
    unit: "share",
    target: null,
    least: FEW,
    measure({ reviews }, span) {
      const settled = reviews.filter(({ settledAtMs }) => isIn(span, settledAtMs));
      if (settled.length === 0) return { missing: "no_decision" };
      return shareOf(settled, "item", ({ by }) => by === "people");
    },
  },
  {
    ...QUEUE,
    id: "decision_median",
    name: "Wait for a person, median",
    formula: "median of the time from when an item was asked until a person decided it, of those decided in the period",
    source: "review items",
    measure: (facts, span) =>
      waits(
        facts,
        span,
        ({ createdAtMs, settledAtMs }) => settledAtMs - createdAtMs,
        (values) => percentile(values, 0.5),
      ),
  },
  {
    ...QUEUE,
    id: "waited_for_people",
    name: "Time that tasks waited for people",
    formula:
      "the sum of the times for which a task waited for such an item, until the decision or until it went on without; items that wait at the same time count each",
    source: "review items",
    measure: (facts, span) => waits(facts, span, ({ waitedMs }) => waitedMs, sumOf),
  },
];

/** Measures tasks that ended in a span, unless some of them were not read. */
function ofTasks(tasks: Newest<TaskEnd>, span: Span, measure: (ended: TaskEnd[]) => Measured): Measured {
  if (isCut(tasks, span)) return { missing: "too_many" };
  const ended = within(tasks.rows, span);
  return ended.length === 0 ? { missing: "no_task" } : measure(ended);
}

/** Whether some rows of a span were not read. */
export function isCut({ sinceMs }: Newest<unknown>, { fromMs }: Span): boolean {
  return sinceMs !== null && fromMs < sinceMs;
}

function queue(share: number): KpiDefinition["measure"] {
  return ({ tasks }, span) =>
    ofTasks(tasks, span, (ended) =>
      timed(
        ended.flatMap(({ queuedMs }) => queuedMs ?? []),
        "task",
        share,
      ),
    );
}

function modelCalls(share: number): KpiDefinition["measure"] {
  return ({ replies }, span) => {
    if (isCut(replies, span)) return { missing: "too_many" };
    const times = replies.rows.filter(({ atMs }) => isIn(span, atMs)).map(({ ms }) => ms);
    return timed(times, "call", share);
  };
}

function timed(values: readonly number[], noun: string, share: number): Measured {
  if (values.length === 0) return { missing: "no_task" };
  const basis = { amount: null, unit: "number", of: values.length, noun } as const;
  return { value: percentile(values, share), basis, counted: [] };
}

function waits(
  { reviews }: KpiFacts,
  span: Span,
  waitOf: (item: SettledReview) => number | null,
  of: (values: readonly number[]) => number,
): Measured {
  const values = reviews
    .filter(({ by, settledAtMs }) => by === "people" && isIn(span, settledAtMs))
    .flatMap((item) => waitOf(item) ?? []);
  if (values.length === 0) return { missing: "no_decision" };
  return { value: of(values), basis: { amount: null, unit: "number", of: values.length, noun: "item" }, counted: [] };
}

function round(days: number): number {
  return Math.round(days * 100) / 100;
}

/** Models that cost something. */
export function costs({ model }: Pick<TaskEnd, "model">): boolean {
  return !isProgram(model);
}
