/** Measurements for the charts: written as one row per minute, and thinned to at most 200 points when read. */
import { UserError } from "@/agents/application";
import { HISTORY_HOURS, type History, type HistoryHours, type HistoryPoint } from "@/core/shapes/operations";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import type { Monitor } from "@/lib/monitor/monitor";
import type { Timers } from "@/lib/time/timers";
import { type MachineReading, percentOf } from "./machine";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STEP_MS: Record<HistoryHours, number> = { 1: MINUTE_MS, 24: 10 * MINUTE_MS, 168: HOUR_MS };
const ALERT_PERCENT = 90;
/** Rows can be late and a restart takes some minutes; a longer gap is a break. */
const BREAK_MS = 10 * MINUTE_MS;
const TREND_MS = 6 * HOUR_MS;
/** A shorter period says nothing about how fast the disk fills. */
const LEAST_TREND_MS = 30 * MINUTE_MS;
const MOST_HOURS = 24 * 14;

export interface MeasuringSources {
  store: Pick<Store, "measurements" | "queries" | "log">;
  monitor: Pick<Monitor, "latest" | "history">;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Writes a row each minute; returns a function that stops it. One row per minute costs almost nothing. */
export function startMeasuring({ store, monitor, timers, report }: MeasuringSources): () => void {
  let commits = store.log.commits();
  let isTold = false;
  return timers.every(MINUTE_MS, () => {
    const sample = monitor.latest();
    if (!sample) return;
    const now = store.log.commits();
    const cpu = meanOf(
      monitor
        .history()
        .filter(({ atMs }) => atMs > sample.atMs - MINUTE_MS)
        .flatMap((sample) => sample.cpu.percent ?? []),
    );
    store.measurements
      .add({
        cpuPercent: cpu === null ? null : Math.round(cpu),
        memoryPercent: percentOf(sample.memory.usedBytes, sample.memory.totalBytes),
        diskPercent: percentOf(sample.disk.usedBytes, sample.disk.totalBytes),
        slotsUsed: store.queries.status.running(),
        queued: store.queries.status.queued(),
        commits: now - commits,
      })
      .then(
        () => {
          isTold = false;
        },
        // A failed write only leaves a gap in a chart.
        (error: unknown) => {
          if (!isTold) report("Measurements cannot be saved.", error);
          isTold = true;
        },
      );
    commits = now;
  });
}

function meanOf(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface HistorySources {
  store: Pick<Store, "measurements">;
  slots: number;
  now(): number;
  machine(): Promise<MachineReading | null>;
}

/** Returns the chart's data. Throws UserError for a period that has no chart. */
export async function readHistory(sources: HistorySources, hours: number): Promise<History> {
  const shown = HISTORY_HOURS.find((hour) => hour === hours);
  if (!shown) throw new UserError("invalid", `"hours" must be one of ${HISTORY_HOURS.join(", ")}, not ${hours}.`);
  const { store, slots } = sources;
  const nowMs = sources.now();
  const machine = await sources.machine();
  const newest = store.measurements.newest(nowMs - 24 * HOUR_MS);
  return {
    hours: shown,
    step_seconds: STEP_MS[shown] / 1_000,
    points: pointsOf(store, shown, nowMs),
    slots,
    memory_bytes: machine?.sample.memory.totalBytes ?? null,
    over_since: {
      cpu: overSince(newest, ({ cpu }) => cpu ?? 0, nowMs),
      memory: overSince(newest, ({ memory }) => memory, nowMs),
      disk: overSince(newest, ({ disk }) => disk, nowMs),
    },
    disk_full_in_hours: machine && fullInHours(newest, machine.sample.disk, nowMs),
  };
}

function pointsOf({ measurements }: HistorySources["store"], hours: HistoryHours, nowMs: number): HistoryPoint[] {
  const stepMs = STEP_MS[hours];
  const last = Math.floor(nowMs / stepMs);
  const first = last - (hours * HOUR_MS) / stepMs + 1;
  const found = new Map(
    measurements.steps(first * stepMs, (last + 1) * stepMs, stepMs).map((step) => [step.step, step]),
  );
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const atMs = (first + index) * stepMs;
    const at = new Date(atMs).toISOString();
    const step = found.get(first + index);
    if (!step) return { ...NOTHING, at };
    const before = measurements.spentAt(Math.min(atMs + stepMs, nowMs) - HOUR_MS);
    return {
      at,
      cpu_percent: step.cpu === null ? null : Math.round(step.cpu),
      memory_percent: Math.round(step.memory),
      disk_percent: step.disk,
      slots_used: step.slots,
      queued: step.queued,
      tokens_hour: Math.max(0, step.tokens - before.tokens),
      cost_usd_hour: Math.max(0, step.microUsd - before.microUsd) / 1e6,
      commits_minute: Math.round(step.commits),
    };
  });
}

const NOTHING: Omit<HistoryPoint, "at"> = {
  cpu_percent: null,
  memory_percent: null,
  disk_percent: null,
  slots_used: null,
  queued: null,
  tokens_hour: null,
  cost_usd_hour: null,
  commits_minute: null,
};

type Newest = ReturnType<Store["measurements"]["newest"]>;

/** Returns since when the value is over the threshold, or null when it is below now. Rows come newest first. */
export function overSince(rows: Newest, part: (row: Newest[number]) => number, nowMs: number): string | null {
  let since: number | null = null;
  let after = nowMs;
  for (const row of rows) {
    if (part(row) < ALERT_PERCENT || after - row.atMs > BREAK_MS) break;
    since = row.atMs;
    after = row.atMs;
  }
  return iso(since);
}

/** Returns in how many hours the disk is full, or null when it grew by less than 2 %, as percents are rounded. */
export function fullInHours(
  rows: Newest,
  { usedBytes, totalBytes }: { usedBytes: number; totalBytes: number },
  nowMs: number,
): number | null {
  const past = rows.filter(({ atMs }) => nowMs - atMs <= TREND_MS).at(-1);
  const percent = percentOf(usedBytes, totalBytes);
  if (!past || nowMs - past.atMs < LEAST_TREND_MS || percent - past.disk < 2) return null;
  const hours = ((100 - percent) * (nowMs - past.atMs)) / (percent - past.disk) / HOUR_MS;
  return hours > MOST_HOURS ? null : Math.round(hours * 10) / 10;
}
