"use client";

import { useSyncExternalStore } from "react";

/** Muted alerts. They are stored in this browser only, so other users still see the alerts. */
const PREFIX = "banyan.quiet.";
const QUIET_MS = 3_600_000;
const POLL_MS = 30_000;
const listeners = new Set<() => void>();

export function quietForAnHour(what: string): void {
  keep(what, String(Date.now() + QUIET_MS));
}

export function loudAgain(what: string): void {
  keep(what, null);
}

function keep(what: string, until: string | null): void {
  try {
    if (until === null) localStorage.removeItem(PREFIX + what);
    else localStorage.setItem(PREFIX + what, until);
  } catch {
    // Without storage an alert cannot be muted.
  }
  for (const listener of listeners) listener();
}

/** Returns the time until which the alert is muted (ISO 8601); "": it is not muted. */
function quietUntil(what: string): string {
  try {
    const until = Number(localStorage.getItem(PREFIX + what) ?? 0);
    return until > Date.now() && until <= Date.now() + QUIET_MS ? new Date(until).toISOString() : "";
  } catch {
    return "";
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const timer = setInterval(listener, POLL_MS);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
    removeEventListener("storage", listener);
  };
}

/** Returns the muted alerts, each with the time until which it is muted. */
export function useQuiet(whats: readonly string[]): Map<string, string> {
  const known = useSyncExternalStore(
    subscribe,
    () => whats.map((what) => `${what} ${quietUntil(what)}`).join("\n"),
    () => "",
  );
  const pairs = known.split("\n").map((line) => line.split(" ") as [string, string?]);
  return new Map(pairs.flatMap(([what, until]) => (until ? [[what, until] as const] : [])));
}
