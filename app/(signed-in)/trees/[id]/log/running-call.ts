"use client";

import { createContext, useContext } from "react";
import type { RunningCall } from "@/components/feed/activity";

const RunningCallContext = createContext<RunningCall | null>(null);
export const RunningCallProvider = RunningCallContext.Provider;

/** Returns what is known of the call while it runs, or null when another call or none runs. */
export function useRunningCall(key: string): RunningCall | null {
  const running = useContext(RunningCallContext);
  return running?.key === key ? running : null;
}
