"use client";

import { useSyncExternalStore } from "react";

/** Alerts that somebody wants to hear nothing of for a while: kept in this browser only, for nobody else. */
const PREFIX = "banyan.quiet.";
const QUIET_MS = 3_600_000;
const LOOK_MS = 30_000;
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
    // A browser without storage goes on saying it.
  }
  for (const listener of listeners) listener();
}

/** The time until which it is quiet, as text; empty: it is not. */
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
  const timer = setInterval(listener, LOOK_MS);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
    removeEventListener("storage", listener);
  };
}

/** Until when each of them is quiet; those that are not are missing. */
export function useQuiet(whats: readonly string[]): Map<string, string> {
  const known = useSyncExternalStore(
    subscribe,
    () => whats.map((what) => `${what} ${quietUntil(what)}`).join("\n"),
    () => "",
  );
  const pairs = known.split("\n").map((line) => line.split(" ") as [string, string?]);
  return new Map(pairs.flatMap(([what, until]) => (until ? [[what, until] as const] : [])));
}
