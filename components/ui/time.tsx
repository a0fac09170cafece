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

/** The time from `since` to `until`, or to now if `until` is null. */
export function Elapsed({ since, until }: { since: string | null; until: string | null }) {
  const now = useNow();
  if (!since) return <>–</>;
  const end = until ? Date.parse(until) : now;
  return <>{end === 0 ? "–" : duration(end - Date.parse(since))}</>;
}

// Made once, because each takes longer to make than to use.
const DAY = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
const WHOLE = new Intl.DateTimeFormat([], {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** The time of day in the browser's time zone, with the date unless it is today. */
export function Clock({ at }: { at: string }) {
  const hydrated = useHydrated();
  if (!hydrated) return <time dateTime={at} />;
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? "" : `${DAY.format(date)}, `;
  return (
    <time dateTime={at} title={WHOLE.format(date)}>
      {day}
      {clockTime(date)}
    </time>
  );
}
