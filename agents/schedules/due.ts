/** Which time of a schedule is due, and which times nobody began. Pure. */
import { type Cadence, CronError, readCron } from "@/lib/time/cron";

/** A server that runs begins a time within seconds; later, the time was missed. */
const LATE_MS = 60_000;
/** More missed times are not counted. */
export const MOST_MISSED = 100;

export interface Due {
  /** The newest time that has passed: one tree begins for it, however many times have passed. */
  dueMs: number;
  /** Times that passed without a start, with `dueMs` itself when it is late. */
  missed: number;
  /** The first of them; null when none was missed. */
  missedSinceMs: number | null;
  nextAtMs: number | null;
}

/** Returns what is due. `fromMs` is the first time that was not handled; null when no time has passed since then. */
export function dueNow(cadence: Pick<Cadence, "after" | "latest">, fromMs: number, nowMs: number): Due | null {
  const passed = cadence.after(fromMs - 1, MOST_MISSED + 1).filter((ms) => ms <= nowMs);
  const last = passed.at(-1);
  if (last === undefined) return null;
  const dueMs = passed.length > MOST_MISSED ? (cadence.latest(nowMs) ?? last) : last;
  const isLate = nowMs - dueMs > LATE_MS;
  const missed = Math.min(MOST_MISSED, passed.length - (isLate ? 0 : 1));
  return { dueMs, missed, missedSinceMs: missed > 0 ? (passed[0] ?? null) : null, nextAtMs: nextAfter(cadence, nowMs) };
}

/** Returns the times of a stored expression; a later release or its time zones may no longer be able to read it. */
export function readable(cron: string, zone: string): Cadence | CronError {
  try {
    return readCron(cron, zone);
  } catch (error) {
    if (error instanceof CronError) return error;
    throw error;
  }
}

/** Returns the first time after that moment, or null. */
export function nextAfter(cadence: Pick<Cadence, "after">, ms: number): number | null {
  return cadence.after(ms, 1)[0] ?? null;
}
