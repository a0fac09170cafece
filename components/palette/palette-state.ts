"use client";

/** Whether the palette is open. Kept outside React, because keys, buttons and the dialog share it. */
let isOpen = false;
const listeners = new Set<() => void>();

export const isPaletteOpen = (): boolean => isOpen;

export function setPaletteOpen(open: boolean): void {
  isOpen = open;
  for (const listener of listeners) listener();
}

export function onPalette(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
