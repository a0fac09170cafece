"use client";

import { useSyncExternalStore } from "react";

/** The browser stores under this key which sections the reader folded or unfolded. */
const STORAGE_KEY = "banyan.pane-sections";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns whether the section is open, or undefined if the reader has neither folded nor unfolded it. */
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
    // A browser without storage cannot remember the choice.
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
