"use client";

import type { Choice } from "./choices";

/** Keys that only move, choose or send in a list. */
const NO_ACTION = /^(Enter|Space|x|\d)$/;

/** Returns the actions of the open page: its buttons that have a key, or a name in `data-command`, and can be pressed now. */
export function pageActions(): Choice[] {
  const buttons = document.querySelectorAll<HTMLElement>("#main [data-key], #main [data-command]");
  const seen = new Set<string>();
  return [...buttons].flatMap((button, index) => {
    const key = button.dataset.key ?? "";
    const label = labelOf(button);
    const isOff = button.matches(":disabled, [aria-disabled=true]") || !button.checkVisibility();
    const isListKey = NO_ACTION.test(key) && !button.matches("button[data-key=x]");
    if (!label || isOff || isListKey || seen.has(label)) return [];
    seen.add(label);
    return [{ id: `here ${index} ${label}`, label, icon: "chev", hint: key, go: { act: () => press(button) } }];
  });
}

/** Returns the name for the palette, or the button's own name without its key. */
function labelOf(button: HTMLElement): string {
  const given = button.dataset.command ?? button.getAttribute("aria-label");
  if (given) return given;
  const copy = button.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd")) key.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** Presses a button that has the focus, so that a dialog which it opens returns the focus to it. */
function press(button: HTMLElement): void {
  button.focus();
  button.click();
}
