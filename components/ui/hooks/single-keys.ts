"use client";

/** Setting for single-key shortcuts, stored in the browser. They are on by default. */
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
    // Without storage the keys stay on.
  }
  for (const listener of listeners) listener();
}

export function onKeysSetting(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns false while the user types, holds a modifier key, or is in a dialog or a menu. */
export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  return !target?.closest("input, textarea, select, [contenteditable], dialog[open], [role=dialog], [role=menu]");
}
