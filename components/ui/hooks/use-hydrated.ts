"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** Returns false on the server and during hydration. What depends on the browser, such as its time zone, waits until then. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
