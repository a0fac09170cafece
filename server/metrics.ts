/** Status and figures in the Prometheus format. Unknown values are left out rather than reported as 0. */
import { Counter, Gauge, Registry } from "prom-client";
import type { GuardedApplication } from "@/agents/guard/guard";
import { LIMIT_LEVELS, LIMIT_NAMES } from "@/core/log/limits";
import type { PoolState, RunnerState, RunnersState } from "@/core/runners/shapes";
import type { MachineAlert } from "@/core/shapes/health";
import type { LimitState, Limits } from "@/core/shapes/limits";
import type { Memory } from "@/core/shapes/memory";
import type { ServerFigures, ServerStatus } from "@/core/shapes/status";
import { countedRegistry } from "./counted-metrics";

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const ALERTS: MachineAlert["what"][] = [...LIMIT_NAMES, "database", "backup", "runners"];

interface Metric {
  name: string;
  help: string;
  type?: "gauge" | "counter";
  values: { labels?: Record<string, string>; value: number | null }[];
}

const single = (name: string, help: string, value: number | null): Metric => ({ name, help, values: [{ value }] });

interface Measured {
  status: ServerStatus;
  figures: ServerFigures;
  limits: Limits;
  memory: Memory;
  runners: RunnersState;
}

export async function readMetrics({ queries }: GuardedApplication): Promise<string> {
  const [status, figures, limits, memory, runners] = await Promise.all([
    queries.getStatus(),
    queries.getFigures(),
    queries.getLimits(),
    queries.getMemory(),
    queries.getRunners(),
  ]);
  return metricsText({ status, figures, limits, memory, runners });
}

/**
 * Returns the text for Prometheus. It builds a new registry for each request, because all values are read from the
 * database.
 */
export async function metricsText({ status, figures, limits, memory, runners }: Measured): Promise<string> {
  const registry = new Registry();
  const all = [
    ...workMetrics(status, figures),
    ...machineMetrics(status.monitor),
    ...limitMetrics(status, limits),
    ...memoryMetrics(memory),
    ...runnerMetrics(runners),
  ];
  for (const metric of all) register(registry, metric);
  return Registry.merge([registry, countedRegistry(figures.counted)]).metrics();
}

function workMetrics(status: ServerStatus, figures: ServerFigures): Metric[] {
  const { totals } = status;
  return [
    {
      name: "banyan_info",
      help: "The running version.",
      values: [{ labels: { version: status.version }, value: 1 }],
    },
    {
      name: "banyan_tasks",
      help: "Tasks by status.",
      values: Object.entries(figures.tasks).map(([name, value]) => ({ labels: { status: name }, value })),
    },
    single("banyan_trees_open", "Trees that have not ended.", figures.trees_open),
    {
      // Gauges, not counters, because deleting trees lowers them.
      name: "banyan_tokens",
      help: "Tokens of all existing trees.",
      values: [
        { labels: { direction: "in" }, value: figures.tokens_in },
        { labels: { direction: "out" }, value: figures.tokens_out },
      ],
    },
    single("banyan_cost_dollars", "Cost of all existing trees.", figures.micro_usd / 1e6),
    {
      name: "banyan_commits_total",
      help: "Transactions that the running processes of the server have committed.",
      type: "counter",
      values: [{ value: figures.commits }],
    },
    single("banyan_slots", "Maximum number of concurrent agents.", status.slots.max),
    single("banyan_slots_used", "Running agents.", status.slots.used),
    single("banyan_queue_depth", "Ready tasks without a slot.", status.queued),
    single("banyan_open_reviews", "Open review items.", status.openReviews),
    single("banyan_stuck_forges", "Links with forges that bring no work.", totals.stuck_forges),
    single("banyan_waiting_changes", "Changes of evolutions that wait for a person.", totals.waiting_changes),
    single("banyan_waiting_promotions", "Promotions that wait for an approval.", totals.waiting_promotions),
    single("banyan_stopped_evolutions", "Evolutions that Banyan has stopped.", totals.stopped_evolutions),
    single("banyan_paused_schedules", "Schedules that Banyan has paused.", totals.paused_schedules),
    ...backupMetrics(figures.backup),
  ];
}

const RUNNER_STATES: RunnerState["state"][] = ["answers", "drained", "leaving", "silent", "other_level"];

function runnerMetrics({ pools, runners }: RunnersState): Metric[] {
  const each = (name: string, help: string, value: (pool: PoolState) => number): Metric => {
    return { name, help, values: pools.map((pool) => ({ labels: { pool: pool.name }, value: value(pool) })) };
  };
  return [
    each("banyan_pool_runners", "Runners of each pool that take work.", (pool) => pool.runners),
    each("banyan_pool_slots", "Slots of these runners.", ({ slots }) => slots),
    each("banyan_pool_slots_free", "Slots that are free.", ({ free }) => free),
    each("banyan_pool_trees", "Trees of each pool that have not ended.", ({ trees }) => trees),
    each("banyan_pool_waiting", "Ready tasks of each pool.", ({ ready }) => ready),
    {
      name: "banyan_runners",
      help: "Runners by state. A silent runner was heard, is not heard any more, and is not drained.",
      values: RUNNER_STATES.map((name) => ({
        labels: { state: name },
        value: runners.filter((runner) => countedAs(runner) === name).length,
      })),
    },
  ];
}

/** A person who drains a silent runner has dealt with it, so no alert goes on for it. */
function countedAs({ state, drained }: RunnerState): RunnerState["state"] {
  return state === "silent" && drained !== null ? "drained" : state;
}

function backupMetrics({ last_success, has_failed, interval_seconds, bucket }: ServerFigures["backup"]): Metric[] {
  const secondsOf = (at: string | null | undefined) => (at ? Math.round(Date.parse(at) / 1_000) : null);
  return [
    single(
      "banyan_backup_last_success_timestamp_seconds",
      "When the last verified backup was made.",
      secondsOf(last_success),
    ),
    single("banyan_backup_failed", "1 when the last backup failed.", has_failed ? 1 : 0),
    single("banyan_backup_interval_seconds", "Time between two scheduled backups.", interval_seconds),
    single(
      "banyan_backup_copy_last_success_timestamp_seconds",
      "When the last backup reached the bucket.",
      secondsOf(bucket?.last_copy),
    ),
    single(
      "banyan_backup_proof_last_success_timestamp_seconds",
      "When a backup from the bucket was last restored as a test.",
      secondsOf(bucket?.last_proof),
    ),
    single(
      "banyan_backup_copy_failed",
      "1 when the last copy to the bucket or its proof failed.",
      bucket === null ? null : Number(bucket.has_failed),
    ),
  ];
}

function limitMetrics({ paused_everything }: ServerStatus, { limits, claiming }: Limits): Metric[] {
  const each = (name: string, help: string, value: (limit: LimitState) => number | null): Metric => {
    return { name, help, values: limits.map((limit) => ({ labels: { limit: limit.name }, value: value(limit) })) };
  };
  return [
    each("banyan_limit_usage_ratio", "Use of each limit, 1 at the limit.", ({ percent }) => ratio(percent)),
    each("banyan_limit_level", "0: ok, 1: notice, 2: warning, 3: at the limit.", ({ level }) =>
      LIMIT_LEVELS.indexOf(level),
    ),
    each(
      "banyan_limit_violations",
      "Violations within the window of the emergency stop.",
      ({ violations }) => violations,
    ),
    {
      name: "banyan_claiming",
      help: "1 for what limits allow now: all tasks, one at a time for each worker, or none.",
      values: (["all", "one", "none"] as const).map((name) => ({
        labels: { tasks: name },
        value: claiming === name ? 1 : 0,
      })),
    },
    single("banyan_paused_everything", "1 while everything is paused.", paused_everything ? 1 : 0),
  ];
}

/** The difference is left out while one side has too few goals. */
function memoryMetrics({ counts, known, lift }: Memory): Metric[] {
  const { figures, goals } = lift;
  return [
    {
      name: "banyan_lessons",
      help: "Lessons by status.",
      values: Object.entries(counts).map(([status, value]) => ({ labels: { status }, value })),
    },
    single("banyan_lessons_shown", "How often lessons were shown.", known.shown),
    {
      name: "banyan_lesson_outcomes",
      help: "What commands of the host said after a lesson was shown.",
      values: (["helped", "harmed"] as const).map((outcome) => ({ labels: { outcome }, value: known[outcome] })),
    },
    {
      name: "banyan_memory_goals",
      help: "Goals that ended in the last 90 days, with memory and without.",
      values: (["with", "without"] as const).map((memory) => ({ labels: { memory }, value: goals[memory] })),
    },
    {
      name: "banyan_memory_mean",
      help: "Means of both sides: success as a share, rounds of reached goals, dollars, errors that were met again.",
      values: figures.flatMap(({ figure, ...sides }) =>
        (["with", "without"] as const).map((memory) => ({ labels: { figure, memory }, value: sides[memory] })),
      ),
    },
    {
      name: "banyan_memory_difference",
      help: "With memory minus without, and the bounds of its 95 % interval.",
      values: figures.flatMap(({ figure, difference }) =>
        (["value", "low", "high"] as const).map((bound) => ({
          labels: { figure, bound },
          value: difference?.[bound] ?? null,
        })),
      ),
    },
  ];
}

function machineMetrics(monitor: ServerStatus["monitor"]): Metric[] {
  if (!monitor) return [];
  return [
    single("banyan_cpu_usage_ratio", "CPU use of all available cores, 0 to 1.", ratio(monitor.cpu_percent)),
    single("banyan_memory_usage_ratio", "Use of the available memory, 0 to 1.", ratio(monitor.memory_percent)),
    single(
      "banyan_disk_usage_ratio",
      "Use of the file system of the data folder, 0 to 1.",
      ratio(monitor.disk_percent),
    ),
    single(
      "banyan_process_memory_bytes",
      "Memory of the server's processes together.",
      monitor.process_mb === null ? null : monitor.process_mb * 2 ** 20,
    ),
    {
      name: "banyan_alert",
      help: "1 while the resource runs short.",
      values: ALERTS.map((what) => ({
        labels: { what },
        value: monitor.alerts.some((alert) => alert.what === what) ? 1 : 0,
      })),
    },
  ];
}

function ratio(percent: number | null): number | null {
  return percent === null ? null : percent / 100;
}

function register(registry: Registry, { name, help, type = "gauge", values }: Metric): void {
  const known = values.flatMap(({ labels = {}, value }) => (value === null ? [] : [{ labels, value }]));
  if (known.length === 0) return;
  const labelNames = Object.keys(known[0]?.labels ?? {});
  const options = { name, help, labelNames, registers: [registry] };
  const metric = type === "counter" ? new Counter(options) : new Gauge(options);
  for (const { labels, value } of known) metric.inc(labels, value);
}
