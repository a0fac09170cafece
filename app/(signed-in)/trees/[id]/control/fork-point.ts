"use client";

import { createContext, useContext } from "react";
import type { LogEntry } from "@/components/trees/log-entries";

/** Where a person goes back to, which starts a fork, and the text that a person may edit there. */
export interface ForkPoint {
  /** The message's number; absent for the start of the task. */
  at?: number;
  /** What the fork starts at, as sentences name it. */
  what: string;
  /** The fork starts before it; else right after it. */
  isBefore?: boolean;
  /** The dialog's title, for a point that people know by another name than its message. */
  title?: string;
  /** The editable text of a message or a tool response. The task's instruction has its own field. */
  edit?: { text: string; isCut: boolean };
}

const ForkFrom = createContext<((point: ForkPoint) => void) | null>(null);
export const ForkFromProvider = ForkFrom.Provider;

/** Returns the function that opens the fork dialog, or null for a person who may not fork. */
export function useForkFrom(): ((point: ForkPoint) => void) | null {
  return useContext(ForkFrom);
}

/** Returns the entry's fork point, or null for an entry that cannot start a fork: a damaged one or the setup. */
export function forkPointOf(entry: LogEntry): ForkPoint | null {
  const { seq: at, turn } = entry;
  switch (entry.kind) {
    case "agent":
    case "calls":
      return { at, what: `turn ${turn}`, isBefore: true };
    case "steer":
      if (entry.continues !== undefined) return { at, what: `the message from ${entry.by}` };
      return { at, what: `the message from ${entry.by}`, edit: { text: entry.text, isCut: entry.truncated } };
    case "instruction":
      return { at, what: "the instruction" };
    case "event":
      if (entry.line.isEnd) return { at, what: "its last turn", isBefore: true };
      return { at, what: `“${entry.line.title}”` };
    default:
      return null;
  }
}
