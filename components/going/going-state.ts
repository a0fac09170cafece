"use client";

/** Whether a page was asked for and has not come yet. Kept outside React: links, keys and the palette all ask for pages. */
let isGoing = false;
const listeners = new Set<() => void>();

export const isGoingNow = (): boolean => isGoing;

export function setGoing(next: boolean): void {
  if (isGoing === next) return;
  isGoing = next;
  for (const listener of listeners) listener();
}

export function onGoing(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
