"use client";

import { createContext, useContext } from "react";
import type { LogEntry } from "@/components/trees/log-entries";

/** Where a fork begins, and what of it can be written anew. */
export interface ForkPoint {
  /** Absent: the task's beginning. */
  at?: number;
  what: string;
  /** The text that may be edited: of a message, or of a tool's response. The task's instruction has a field of its own. */
  edit?: { text: string; isCut: boolean };
}

const ForkFrom = createContext<((point: ForkPoint) => void) | null>(null);
export const ForkFromProvider = ForkFrom.Provider;

/** null where nothing can be forked. */
export function useForkFrom(): ((point: ForkPoint) => void) | null {
  return useContext(ForkFrom);
}

/** null for what no fork begins at: damaged entries, and what the log holds beside the conversation. */
export function forkPointOf(entry: LogEntry): ForkPoint | null {
  const { seq: at, turn } = entry;
  switch (entry.kind) {
    case "agent":
    case "calls":
      return { at, what: `turn ${turn}` };
    case "steer":
      return { at, what: `the message of ${entry.by}`, edit: { text: entry.text, isCut: entry.truncated } };
    case "instruction":
      return { at, what: "the instruction" };
    case "event":
      return { at, what: `“${entry.line.title}”` };
    default:
      return null;
  }
}
