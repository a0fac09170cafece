/** The charts of Operations: their series, axes and number formats. Pure. */
import type { History, HistoryPoint, HistorySeries } from "@/core/shapes/operations";
import type { ServerStatus } from "@/core/shapes/status";
import { count, money } from "@/core/words/figures";

export interface ChartSeries {
  name: HistorySeries;
  title: string;
  /** Whether the line is drawn in steps, for counts that stay the same until they change. */
  stepped: boolean;
  /** The top of the axis; null scales it to the points. */
  top(history: History): number | null;
  /** The value of the dashed alert line. */
  alertAt: number | null;
  show(value: number, history: History): string;
  note(history: History, status: ServerStatus): string;
}

const ALERT_PERCENT = 90;
const percent = { top: () => 100, alertAt: ALERT_PERCENT, stepped: false, show: (value: number) => `${value} %` };
const amount = { top: () => null, alertAt: null, stepped: false };

export const CHARTS: readonly ChartSeries[] = [
  { name: "cpu_percent", title: "CPU", ...percent, note: () => `alert at ${ALERT_PERCENT} %` },
  {
    name: "memory_percent",
    title: "Memory",
    ...percent,
    note: ({ memory_bytes }) => (memory_bytes === null ? "" : `of ${gigabytes(memory_bytes)}`),
  },
  { name: "disk_percent", title: "Disk", ...percent, note: () => `alert at ${ALERT_PERCENT} %` },
  {
    name: "slots_used",
    title: "Slots in use",
    stepped: true,
    top: ({ slots }) => slots,
    alertAt: null,
    show: (value, { slots }) => `${value} of ${slots}`,
    note: () => "",
  },
  {
    name: "queued",
    title: "Queue",
    ...amount,
    stepped: true,
    show: (value) => `${value} ${value === 1 ? "task" : "tasks"}`,
    note: () => "",
  },
  { name: "tokens_hour", title: "Tokens per hour", ...amount, show: count, note: () => "" },
  {
    name: "cost_usd_hour",
    title: "Cost per hour",
    ...amount,
    show: money,
    note: (_, { today: { cap_usd } }) => (cap_usd === null ? "" : `daily cap ${money(cap_usd)}`),
  },
  { name: "commits_minute", title: "Commits per minute", ...amount, show: String, note: () => "" },
];

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(bytes < 10 * 1024 ** 3 ? 1 : 0).replace(/\.0$/, "")} GB`;
}

/** Returns the points with present values in the last point, because the row of this minute may not be written yet. */
export function withNow(points: readonly HistoryPoint[], { monitor, slots, queued }: ServerStatus): HistoryPoint[] {
  const last = points.at(-1);
  if (!last) return [];
  const now = {
    ...last,
    cpu_percent: monitor?.cpu_percent ?? last.cpu_percent,
    memory_percent: monitor?.memory_percent ?? last.memory_percent,
    disk_percent: monitor?.disk_percent ?? last.disk_percent,
    slots_used: slots.used,
    queued,
  };
  return [...points.slice(0, -1), now];
}

/** Returns the newest measured value; null if nothing was measured. */
export function newestOf(points: readonly HistoryPoint[], name: HistorySeries): number | null {
  return points.findLast((point) => point[name] !== null)?.[name] ?? null;
}

/** Whether a value has no measured neighbours. A line would not show it, so the chart draws a dot. */
export function isAlone(points: readonly HistoryPoint[], index: number, name: HistorySeries): boolean {
  const has = (at: number) => (points[at]?.[name] ?? null) !== null;
  return has(index) && !has(index - 1) && !has(index + 1);
}

/** Describes the chart in words, for screen readers. */
export function describe(
  { name, title, show }: ChartSeries,
  points: readonly HistoryPoint[],
  history: History,
): string {
  const values = points.flatMap((point) => point[name] ?? []);
  const now = newestOf(points, name);
  if (now === null) return `${title}: no data yet.`;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const gaps = values.length < points.length - 1 ? " Some data is missing." : "";
  return `${title}: now ${show(now, history)}, minimum ${show(least, history)}, maximum ${show(most, history)}.${gaps}`;
}
