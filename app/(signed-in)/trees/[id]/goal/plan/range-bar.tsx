import type { PlanUnit } from "@/core/shapes/plans";
import { minutesText, rangeText, tookText } from "@/core/words/plans/plans";

/** The range of a unit on a scale from 0 to `most` minutes: a tick is the expected time, a ring what it took. */
export function RangeBar({ unit, most }: { unit: PlanUnit; most: number }) {
  const { minutes, minutes_low, minutes_high, took_minutes } = unit;
  const at = (value: number) => `${Math.min(100, (value / most) * 100)}%`;
  const isOut = took_minutes !== null && (took_minutes < minutes_low || took_minutes > minutes_high);
  const label =
    took_minutes === null
      ? `${rangeText({ low: minutes_low, high: minutes_high })}, expected ${minutesText(minutes)}`
      : tookText(unit);
  return (
    <div className="relative h-4 min-w-20" role="img" aria-label={label}>
      <i className="absolute inset-x-0 top-[7.5px] h-px bg-line" />
      <i
        className="absolute top-[5px] h-1.5 rounded-full bg-line-strong"
        style={{ left: at(minutes_low), right: `calc(100% - ${at(minutes_high)})` }}
      />
      <i className="absolute top-0.5 -ml-px h-3 w-0.5 bg-ink" style={{ left: at(minutes) }} />
      {took_minutes === null ? null : (
        <i
          className={`absolute top-1 -ml-1 size-2 border-2 bg-bg ${isOut ? "rotate-45 rounded-[1px] border-fail" : "rounded-full border-accent"}`}
          style={{ left: at(took_minutes) }}
        />
      )}
    </div>
  );
}
