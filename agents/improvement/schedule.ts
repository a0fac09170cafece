/** When the review agent looks at the faults by itself. Pure, except for the time zone of the process. */
import type { LookCause } from "@/core/shapes/improving/improvement";
import type { StoredSettings } from "@/db/improvement/looks";

/** Returns why a look is due now, or null. `isGrown`: a kind has many new faults. However many nights were missed, one look is due. */
export function dueCause(
  { on, hour, sinceMs }: StoredSettings,
  lastMs: number | null,
  isGrown: boolean,
  nowMs: number,
): LookCause | null {
  if (!on) return null;
  if (isGrown) return "faults";
  // It was switched on when the clock was ahead.
  const onMs = sinceMs > nowMs ? 0 : sinceMs;
  return lastNightMs(hour, nowMs) > Math.max(lastMs ?? 0, onMs) ? "night" : null;
}

/** Returns when the clock starts the next look; null while it is off. */
export function nextLookMs({ on, hour }: StoredSettings, nowMs: number): number | null {
  if (!on) return null;
  const next = new Date(lastNightMs(hour, nowMs));
  next.setDate(next.getDate() + 1);
  return next.getTime();
}

/** Returns the newest moment at which the clock showed that hour. */
function lastNightMs(hour: number, nowMs: number): number {
  const night = new Date(nowMs);
  night.setHours(hour, 0, 0, 0);
  if (night.getTime() > nowMs) night.setDate(night.getDate() - 1);
  return night.getTime();
}
