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

/** A person asks for an address. The address of the open page takes back what was asked for before. */
export function goingTo({ pathname, search }: Pick<URL, "pathname" | "search">): void {
  setGoing(pathname !== window.location.pathname || search !== window.location.search);
}

export function onGoing(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
