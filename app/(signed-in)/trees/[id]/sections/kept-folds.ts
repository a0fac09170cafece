"use client";

import { useSyncExternalStore } from "react";

/** Which parts of a pane somebody opened or folded, kept in the browser. */
const STORAGE_KEY = "banyan.pane-sections";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** undefined: nobody has touched it. */
export function useKeptFold(name: string): boolean | undefined {
  return useSyncExternalStore(
    subscribe,
    () => readKept()[name],
    () => undefined,
  );
}

export function keepFold(name: string, isOpen: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...readKept(), [name]: isOpen }));
  } catch {
    // A browser without storage forgets it with the page.
  }
  for (const listener of listeners) listener();
}

function readKept(): Record<string, boolean> {
  try {
    return (JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}") ?? {}) as Record<string, boolean>;
  } catch {
    return {};
  }
}
