/** Periods: a span and the one before it, months, and the weeks of a time line. Months and days are in UTC. Pure. */

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** The weeks of a time line. */
const WEEKS = 12;
/** The period that is shown when nobody names one. */
export const DEFAULT_DAYS = 30;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** From a time, inclusive, until a time, exclusive. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

/** A span with the one that it is compared with. */
export interface Spans {
  period: Span;
  before: Span;
}

export function isIn({ fromMs, untilMs }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs;
}

export function daysOf({ fromMs, untilMs }: Span): number {
  return (untilMs - fromMs) / DAY_MS;
}

/** Returns the span with the one of the same length before it. */
export function spansOf(period: Span): Spans {
  return { period, before: { fromMs: 2 * period.fromMs - period.untilMs, untilMs: period.fromMs } };
}

/** Returns a month such as `2026-11` with the month before; null for another text. A month that runs ends now. */
export function monthOf(text: string, nowMs: number): (Spans & { isOver: boolean }) | null {
  const [, year, month] = MONTH.exec(text) ?? [];
  if (year === undefined || month === undefined) return null;
  const startOf = (offset: number) => Date.UTC(Number(year), Number(month) - 1 + offset);
  const endMs = startOf(1);
  return {
    period: { fromMs: startOf(0), untilMs: Math.min(endMs, Math.max(nowMs, startOf(0))) },
    before: { fromMs: startOf(-1), untilMs: startOf(0) },
    isOver: endMs <= nowMs,
  };
}

/** Returns the twelve weeks that end with the period, the oldest first. */
export function weeksUntil(untilMs: number): Span[] {
  return Array.from({ length: WEEKS }, (_, at) => {
    const endMs = untilMs - (WEEKS - 1 - at) * WEEK_MS;
    return { fromMs: endMs - WEEK_MS, untilMs: endMs };
  });
}

/** Returns the same span with another beginning: so many days before its end. */
export function lastDays({ untilMs }: Span, days: number): Span {
  return { fromMs: untilMs - days * DAY_MS, untilMs };
}
