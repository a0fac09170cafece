"use client";

import { showAddress } from "@/components/refresh/refresh-page";

/**
 * Goes to another view of the open tree without asking the server. The page reads its address when the reader goes back,
 * so it is told in the same way; Next.js ignores such an event without a state.
 */
export function goWithin(to: string): void {
  showAddress(to, "push");
  window.dispatchEvent(new PopStateEvent("popstate"));
}
