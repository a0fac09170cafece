/** What each chart shows, and how its figures are written. Pure. */

import type { History, HistoryPoint, HistorySeries } from "@/core/shapes/operations";
import type { ServerStatus } from "@/core/shapes/shapes";
import { count, money } from "@/core/words/figures";

export interface ChartSeries {
  name: HistorySeries;
  title: string;
  /** Whole figures that hold until they change are drawn as steps. */
  stepped: boolean;
  /** The largest figure of the axis; null: that of the points. */
  top(history: History): number | null;
  /** A dashed line. */
  alertAt: number | null;
  show(value: number, history: History): string;
  note(history: History, status: ServerStatus): string;
}

const ALERT_PERCENT = 90;
const percent = { top: () => 100, alertAt: ALERT_PERCENT, stepped: false, show: (value: number) => `${value} %` };
const amount = { top: () => null, alertAt: null, stepped: false };

export const CHARTS: readonly ChartSeries[] = [
  { name: "cpu_percent", title: "CPU", ...percent, note: () => `alert over ${ALERT_PERCENT} %` },
  {
    name: "memory_percent",
    title: "Memory",
    ...percent,
    note: ({ memory_bytes }) => (memory_bytes === null ? "" : `of ${gigabytes(memory_bytes)}`),
  },
  { name: "disk_percent", title: "Disk", ...percent, note: () => `alert over ${ALERT_PERCENT} %` },
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
  { name: "tokens_hour", title: "Tokens an hour", ...amount, show: count, note: () => "" },
  {
    name: "cost_usd_hour",
    title: "Money an hour",
    ...amount,
    show: money,
    note: (_, { today: { cap_usd } }) => (cap_usd === null ? "" : `cap ${money(cap_usd)} a day`),
  },
  { name: "commits_minute", title: "Commits a minute", ...amount, show: String, note: () => "" },
];

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(bytes < 10 * 1024 ** 3 ? 1 : 0).replace(/\.0$/, "")} GB`;
}

/** The last point as the server stands now: the row of this minute may not be written yet. */
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

/** The newest figure that there is; null: nothing was measured. */
export function newestOf(points: readonly HistoryPoint[], name: HistorySeries): number | null {
  return points.findLast((point) => point[name] !== null)?.[name] ?? null;
}

/** A figure without neighbours makes no line: it is drawn as a dot. */
export function isAlone(points: readonly HistoryPoint[], index: number, name: HistorySeries): boolean {
  const has = (at: number) => (points[at]?.[name] ?? null) !== null;
  return has(index) && !has(index - 1) && !has(index + 1);
}

/** For who does not see the line. */
export function describe(
  { name, title, show }: ChartSeries,
  points: readonly HistoryPoint[],
  history: History,
): string {
  const values = points.flatMap((point) => point[name] ?? []);
  const now = newestOf(points, name);
  if (now === null) return `${title}: nothing was measured yet.`;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const gaps = values.length < points.length - 1 ? " Some of the time was not measured." : "";
  return `${title}: now ${show(now, history)}, between ${show(least, history)} and ${show(most, history)}.${gaps}`;
}
