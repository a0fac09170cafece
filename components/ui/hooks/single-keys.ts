"use client";

/** Whether single letters act. Kept in the browser; on unless switched off. */
const STORAGE_KEY = "banyan.single-keys";
const listeners = new Set<() => void>();

export function areKeysOn(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

export function setKeysOn(on: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, on ? "on" : "off");
  } catch {
    // A browser without storage keeps the keys on.
  }
  for (const listener of listeners) listener();
}

export function onKeysSetting(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** False while somebody types, holds a modifier, or is in a dialog or a menu. */
export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  return !target?.closest("input, textarea, select, [contenteditable], dialog[open], [role=dialog], [role=menu]");
}
