/** The numbers of a timeline: bars, tasks that ran at once, spend over time, and totals. Pure. */
import type { EndStatus } from "@/core/log/terms";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import type { Activity, Stretch, Timeline, TimelineTask } from "@/core/shapes/tree-views";

/** Returns the held timeline updated with a newer, maybe partial one. */
export function mergeTimeline(held: Timeline | null, next: Timeline): Timeline {
  if (!held || !next.partial || held.tree_id !== next.tree_id) return next;
  const newer = new Map(next.tasks.map((task) => [task.id, task]));
  const tasks = held.tasks.map((task) => {
    const found = newer.get(task.id);
    newer.delete(task.id);
    return found ?? task;
  });
  return { ...next, partial: false, tasks: [...tasks, ...newer.values()] };
}

export type BarLook = "live" | "ran" | "ok" | "bad" | "off" | Exclude<Activity, "ran">;

export interface Bar {
  look: BarLook;
  start: number;
  end: number;
  /** Drawn at the end of the bar if a task or an attempt ended there. */
  mark: EndStatus | null;
}

const ENDED_LOOK: Record<EndStatus, BarLook> = { succeeded: "ok", failed: "bad", stopped: "off" };

/**
 * Returns the bars of a task. Bars that run now or failed are solid, others are outlined. Only the last stretch of a
 * failed task is red. The bar of a parked task extends to the time when it resumes.
 */
export function barsOf({ stretches, ends }: TimelineTask, task: Task, fromMs: number, nowMs: number): Bar[] {
  const now = Math.max(0, nowMs - fromMs);
  const ended = isEnded(task.status) ? task.status : null;
  const lastRan = stretches.findLastIndex(([kind]) => kind === "ran");
  const until = task.parked_until === null ? now : Date.parse(task.parked_until) - fromMs;
  return stretches.map(([kind, start, end], index): Bar => {
    const to = end ?? (kind === "parked" ? Math.max(now, until) : Math.max(now, start));
    const attempt = ends.find(({ at }) => at === end)?.status ?? null;
    const mark = attempt ?? (index === stretches.length - 1 ? ended : null);
    if (kind !== "ran") return { look: kind, start, end: to, mark };
    if (end === null && !ended) return { look: "live", start, end: to, mark };
    const isRed = ended === "failed" && index === lastRan;
    const look = ended && (ended !== "failed" || isRed) ? ENDED_LOOK[ended] : "ran";
    return { look, start, end: to, mark };
  });
}

/** Room after the last bars, as a factor of the length. */
export const ROOM = 1.04;

/** Returns the length of the timeline in milliseconds, with some room for the marks after the last bars. */
export function spanOf(timeline: Timeline, tasks: ReadonlyMap<string, Task>, nowMs: number): number {
  const fromMs = Date.parse(timeline.from);
  let end = 0;
  let isOpen = false;
  for (const { id, stretches } of timeline.tasks) {
    const last = stretches.at(-1);
    if (!last) continue;
    if (last[2] === null) isOpen = true;
    end = Math.max(end, last[2] ?? 0);
    const task = tasks.get(id);
    if (last[2] === null && task?.parked_until) end = Math.max(end, Date.parse(task.parked_until) - fromMs);
  }
  if (isOpen) end = Math.max(end, nowMs - fromMs);
  return Math.max(1_000, end * ROOM);
}

export interface Load {
  /** The most tasks that ran at once, for each part of the time. */
  running: number[];
  /** Dollars spent by the end of each part. */
  spent: number[];
  most: number;
}

/** Returns the load in `parts` of equal length. A task's spend is spread over the time that it ran. */
export function loadOf(timeline: Timeline, span: number, parts: number, nowMs: number): Load {
  const now = nowMs - Date.parse(timeline.from);
  const running = new Array<number>(parts).fill(0);
  const spent = new Array<number>(parts).fill(0);
  const edges: [at: number, change: number][] = [];
  for (const { stretches, cost_usd } of timeline.tasks) {
    const ran = stretches.filter(([kind]) => kind === "ran").map((one) => [one[1], one[2] ?? now] as const);
    const total = ran.reduce((sum, [start, end]) => sum + end - start, 0);
    for (const [start, end] of ran) {
      edges.push([start, 1], [end, -1]);
      if (cost_usd > 0) addSpend(spent, span, start, end, (cost_usd * (end - start || 1)) / (total || ran.length));
    }
  }
  // At equal times, ends come before starts, so that a task and its successor do not count as two.
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let count = 0;
  let at = 0;
  const partOf = (time: number) => Math.min(parts - 1, Math.floor((time / span) * parts));
  for (const [time, change] of edges) {
    // Ignore counts that last no time.
    if (time > at)
      for (let part = partOf(at); part <= partOf(time - 1e-6); part++) running[part] = Math.max(running[part]!, count);
    at = time;
    count += change;
  }
  for (let part = 1; part < parts; part++) spent[part]! += spent[part - 1]!;
  return { running, spent, most: Math.max(0, ...running) };
}

function addSpend(spent: number[], span: number, start: number, end: number, dollars: number): void {
  const parts = spent.length;
  const first = Math.min(parts - 1, Math.floor((start / span) * parts));
  const last = Math.min(parts - 1, Math.floor((end / span) * parts));
  for (let part = first; part <= last; part++) spent[part]! += dollars / (last - first + 1);
}

export const activityTotals = (timeline: Timeline, nowMs: number): Record<Activity, number> => {
  const now = nowMs - Date.parse(timeline.from);
  const totals: Record<Activity, number> = { ran: 0, tasks: 0, you: 0, parked: 0, queued: 0, paused: 0 };
  for (const { stretches } of timeline.tasks) add(totals, stretches, now);
  return totals;
};

function add(totals: Record<Activity, number>, stretches: readonly Stretch[], now: number): void {
  for (const [kind, start, end] of stretches) totals[kind] += Math.max(0, (end ?? now) - start);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE))
  .concat([1, 2, 3, 6, 12, 24, 48, 24 * 7].map((n) => n * HOUR));

/**
 * Returns up to `most` round times of day, in milliseconds after the beginning. `offsetMs`: the time zone's
 * offset. `shownMs`: the part of the span that is not folded.
 */
export function ticksOf(
  fromMs: number,
  span: number,
  most: number,
  offsetMs: number,
  shownMs = span,
): { at: number; step: number }[] {
  const step = STEPS.find((one) => shownMs / one <= most) ?? Math.ceil(shownMs / most / (24 * HOUR)) * 24 * HOUR;
  const local = fromMs + offsetMs;
  const first = Math.ceil(local / step) * step - local;
  const ticks: { at: number; step: number }[] = [];
  for (let at = first; at < span; at += step) ticks.push({ at, step });
  return ticks;
}
