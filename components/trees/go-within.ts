"use client";

/**
 * Goes to another view of the open tree without asking the server. The page reads its address when the reader goes back,
 * so it is told in the same way; Next.js ignores such an event without a state.
 */
export function goWithin(to: string): void {
  window.history.pushState(null, "", to);
  window.dispatchEvent(new PopStateEvent("popstate"));
}
