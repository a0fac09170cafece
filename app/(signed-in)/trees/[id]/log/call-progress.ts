"use client";

import { createContext, useContext } from "react";
import type { Progress } from "@/components/feed/tree-feed";

const CallProgress = createContext<Progress | null>(null);
export const CallProgressProvider = CallProgress.Provider;

/** Returns the latest progress line of the call's tool, or null if there is none for this call. */
export function useProgressOf(key: string): string | null {
  const progress = useContext(CallProgress);
  return progress?.key === key ? progress.line : null;
}
