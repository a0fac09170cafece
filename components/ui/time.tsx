"use client";

import { useSyncExternalStore } from "react";
import { duration } from "@/core/words/figures";
import { clockTime } from "./clock-time";
import { useHydrated } from "./hooks/use-hydrated";

const clock = {
  now: 0,
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
};

function subscribeClock(listener: () => void): () => void {
  clock.listeners.add(listener);
  clock.now = Date.now();
  clock.timer ??= setInterval(() => {
    clock.now = Date.now();
    for (const one of clock.listeners) one();
  }, 1_000);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

/** Returns the time in milliseconds, updated every second; 0 on the server. All callers share one timer. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribeClock,
    () => clock.now,
    () => 0,
  );
}

interface ElapsedProps {
  since: string | null;
  until: string | null;
  /** Whether a missing time is named, as in a sentence. In a table its cell stays empty. */
  isNamed?: boolean;
}

/** The time from `since` to `until`, or to now if `until` is null. */
export function Elapsed({ since, until, isNamed = false }: ElapsedProps) {
  const now = useNow();
  if (!since) return isNamed ? <>not started</> : <Missing word="not started" />;
  const end = until ? Date.parse(until) : now;
  // The server does not know when the page is read.
  return end === 0 ? null : duration(end - Date.parse(since));
}

/** A missing value. Its place stays empty: only a screen reader, which cannot see that, says the word. */
export function Missing({ word }: { word: string }) {
  // The frame keeps what is placed absolutely from widening the page.
  return (
    <span className="relative">
      <span className="sr-only">{word}</span>
    </span>
  );
}

// Made once, because each takes longer to make than to use.
const DAY = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
const NAMED_DAY = { weekday: "long", day: "numeric", month: "long" } as const;
const LOCAL_DAY = new Intl.DateTimeFormat([], NAMED_DAY);
const UTC_DAY = new Intl.DateTimeFormat([], { ...NAMED_DAY, timeZone: "UTC" });
const WHOLE = new Intl.DateTimeFormat([], {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** The time of day in the browser's time zone, below a heading with the day. */
export function TimeOfDay({ at }: { at: string }) {
  if (!useHydrated()) return <time dateTime={at} />;
  const date = new Date(at);
  return (
    <time dateTime={at} title={WHOLE.format(date)}>
      {clockTime(date)}
    </time>
  );
}

/** Returns the day of a time, with its name for today and yesterday; in UTC until the page knows the browser's zone. */
export function useDayWords(): (at: string) => string {
  const day = useHydrated() ? LOCAL_DAY : UTC_DAY;
  return (at) => {
    const words = day.format(new Date(at));
    const daysAgo = (days: number) => day.format(Date.now() - days * 86_400_000);
    const isOld = Date.now() - Date.parse(at) > 300 * 86_400_000;
    if (isOld) return `${words}, ${new Date(at).getFullYear()}`;
    if (words === daysAgo(0)) return `Today, ${words}`;
    return words === daysAgo(1) ? `Yesterday, ${words}` : words;
  };
}

/** The time of day in the browser's time zone, with the date unless it is today. */
export function Clock({ at, hasSeconds = false }: { at: string; hasSeconds?: boolean }) {
  const hydrated = useHydrated();
  if (!hydrated) return <time dateTime={at} />;
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? "" : `${DAY.format(date)}, `;
  return (
    <time dateTime={at} title={WHOLE.format(date)}>
      {day}
      {clockTime(date, hasSeconds)}
    </time>
  );
}
