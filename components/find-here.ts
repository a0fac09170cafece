"use client";

import { isGoingNow, onGoing } from "./going/going-state";

/**
 * Focuses the page's search field. While the page is still loading, it waits for the field; a page without one does
 * something else. Returns a function that ends the waiting.
 */
export function findHere(otherwise: () => void): () => void {
  const watch = new MutationObserver(focusField);
  const forget = onGoing(focusField);
  function stop() {
    watch.disconnect();
    forget();
  }
  function focusField() {
    if (isGoingNow()) return;
    const field = shown("[data-find]");
    if (!field && shown("[data-loading]")) return;
    stop();
    if (!field) return otherwise();
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  }
  watch.observe(document.body, { childList: true, subtree: true });
  focusField();
  return stop;
}

/** React keeps a part of the page that has arrived hidden until the part is in its place. */
function shown(selector: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(selector)].find((one) => one.checkVisibility());
}
