/** Status and figures as Prometheus reads them. What is not known is left out rather than said to be 0. */

import { Counter, Gauge, Registry } from "prom-client";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { MachineAlert, ServerFigures, ServerStatus } from "@/core/shapes/shapes";

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const ALERTS: MachineAlert["what"][] = ["cpu", "memory", "disk", "database"];

interface Metric {
  name: string;
  help: string;
  type?: "gauge" | "counter";
  values: { labels?: Record<string, string>; value: number | null }[];
}

export async function readMetrics({ queries }: GuardedApplication): Promise<string> {
  const [status, figures] = await Promise.all([queries.getStatus(), queries.getFigures()]);
  return metricsText(status, figures);
}

/** The registry is new each time: every figure is read when it is asked for, and none is counted here. */
export async function metricsText(status: ServerStatus, figures: ServerFigures): Promise<string> {
  const registry = new Registry();
  for (const metric of [...workMetrics(status, figures), ...machineMetrics(status.monitor)]) register(registry, metric);
  return registry.metrics();
}

function workMetrics(status: ServerStatus, figures: ServerFigures): Metric[] {
  const one = (name: string, help: string, value: number): Metric => ({ name, help, values: [{ value }] });
  return [
    {
      name: "banyan_info",
      help: "The version that runs.",
      values: [{ labels: { version: status.version }, value: 1 }],
    },
    {
      name: "banyan_tasks",
      help: "Tasks by status.",
      values: Object.entries(figures.tasks).map(([name, value]) => ({ labels: { status: name }, value })),
    },
    one("banyan_trees_open", "Trees that have not ended.", figures.trees_open),
    {
      // No counters: what was spent goes with the trees that are deleted.
      name: "banyan_tokens",
      help: "Tokens of the trees that are there.",
      values: [
        { labels: { direction: "in" }, value: figures.tokens_in },
        { labels: { direction: "out" }, value: figures.tokens_out },
      ],
    },
    one("banyan_cost_micro_usd", "Cost of the trees that are there, in millionths of a dollar.", figures.micro_usd),
    {
      name: "banyan_commits_total",
      help: "Transactions that this process has committed.",
      type: "counter",
      values: [{ value: figures.commits }],
    },
    one("banyan_slots", "Agents that may work at once.", status.slots.max),
    one("banyan_slots_used", "Agents that work.", status.slots.used),
    one("banyan_queue_depth", "Tasks that are ready and have no slot.", status.queued),
    one("banyan_open_reviews", "Items that wait for a person.", status.openReviews),
  ];
}

function machineMetrics(monitor: ServerStatus["monitor"]): Metric[] {
  if (!monitor) return [];
  const one = (name: string, help: string, value: number | null): Metric => ({ name, help, values: [{ value }] });
  return [
    one("banyan_cpu_percent", "Use of all cores that may be used, 0 to 100.", monitor.cpu_percent),
    one("banyan_memory_percent", "Use of the memory that may be used, 0 to 100.", monitor.memory_percent),
    one("banyan_disk_percent", "Use of the file system of the data folder, 0 to 100.", monitor.disk_percent),
    one("banyan_process_megabytes", "Memory of this process, in units of 2^20 bytes.", monitor.process_mb),
    {
      name: "banyan_alert",
      help: "1 while it runs short.",
      values: ALERTS.map((what) => ({
        labels: { what },
        value: monitor.alerts.some((alert) => alert.what === what) ? 1 : 0,
      })),
    },
  ];
}

function register(registry: Registry, { name, help, type = "gauge", values }: Metric): void {
  const known = values.flatMap(({ labels = {}, value }) => (value === null ? [] : [{ labels, value }]));
  if (known.length === 0) return;
  const labelNames = Object.keys(known[0]?.labels ?? {});
  const options = { name, help, labelNames, registers: [registry] };
  const metric = type === "counter" ? new Counter(options) : new Gauge(options);
  for (const { labels, value } of known) metric.inc(labels, value);
}
