"use client";

import { useSyncExternalStore } from "react";
import { duration } from "@/core/words/figures";

const never = () => () => {};

/** False while the server's markup is taken over, so that what depends on the browser (its time zone) comes after. */
function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

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

/** Milliseconds, moving once a second; 0 on the server. All elapsed times of a page share one timer. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribeClock,
    () => clock.now,
    () => 0,
  );
}

/** From `since` to `until`, or to now where it goes on. */
export function Elapsed({ since, until }: { since: string | null; until: string | null }) {
  const now = useNow();
  if (!since) return <>–</>;
  const end = until ? Date.parse(until) : now;
  return <>{end === 0 ? "–" : duration(end - Date.parse(since))}</>;
}

/** The time of day in the browser's zone, with the date when it is not today. */
export function Clock({ at }: { at: string }) {
  const hydrated = useHydrated();
  if (!hydrated) return <time dateTime={at} />;
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? "" : `${date.toLocaleDateString([], { day: "numeric", month: "short" })}, `;
  return (
    <time dateTime={at} title={date.toLocaleString()}>
      {day}
      {time}
    </time>
  );
}
