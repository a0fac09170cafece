"use client";

import { createContext, useContext } from "react";
import type { Progress } from "@/components/feed/tree-feed";

const CallProgress = createContext<Progress | null>(null);
export const CallProgressProvider = CallProgress.Provider;

/** What the call's tool said last about how far it has come; null: nothing, or of another call. */
export function useProgressOf(key: string): string | null {
  const progress = useContext(CallProgress);
  return progress?.key === key ? progress.line : null;
}
