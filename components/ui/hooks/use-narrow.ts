"use client";

import { useSyncExternalStore } from "react";

let kept: MediaQueryList | undefined;

/** One query for all, because the value is read at each render. */
function query(): MediaQueryList {
  kept ??= window.matchMedia("(max-width: 720px)");
  return kept;
}

function subscribe(listener: () => void): () => void {
  query().addEventListener("change", listener);
  return () => query().removeEventListener("change", listener);
}

/** Returns true on a phone, where pages show one pane at a time and rows have two lines. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => query().matches,
    () => false,
  );
}
