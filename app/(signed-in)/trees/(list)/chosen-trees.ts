"use client";

import { useSyncExternalStore } from "react";

export interface ChosenTree {
  id: string;
  title: string;
}

/** The trees that a person chooses to compare; null while nobody chooses. It outlives a change of page or filter. */
let chosen: readonly ChosenTree[] | null = null;
const listeners = new Set<() => void>();

function set(next: readonly ChosenTree[] | null): void {
  chosen = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const beginChoosing = (): void => set(chosen ?? []);
export const endChoosing = (): void => set(null);

/** Chooses a tree, or takes it back. A third tree takes the place of the second. */
export function toggleChosen(tree: ChosenTree): void {
  const now = chosen ?? [];
  const isChosen = now.some((one) => one.id === tree.id);
  set(isChosen ? now.filter((one) => one.id !== tree.id) : [...now.slice(0, 1), tree]);
}

export function useChosenTrees(): readonly ChosenTree[] | null {
  return useSyncExternalStore(
    listen,
    () => chosen,
    () => null,
  );
}
