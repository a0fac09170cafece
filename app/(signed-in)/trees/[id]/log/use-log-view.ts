"use client";

import { type RefObject, useCallback, useEffect, useMemo, useState } from "react";
import type { Draft, TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import { type LogEntry, logEntries } from "@/components/trees/log-entries";
import type { Task } from "@/core/shapes/shapes";
import { type ForkPoint, forkPointOf } from "../control/fork-point";
import type { LogPlace } from "./log-place";
import { useFollowEnd } from "./use-follow-end";
import { useLogTarget } from "./use-log-target";

export interface LogView {
  entries: LogEntry[];
  /** What the task is writing now. */
  draft: Draft | null;
  place: LogPlace;
  atEnd: boolean;
  goToEnd: () => void;
  /** Why a part of the log that was asked for cannot be shown. */
  problem: string | null;
  /** What the model's provider, or the cap of the day, said when the task was parked; an older row does not have it. */
  whyParked: string | null;
  /** The last reply that is held. */
  lastTurn: ForkPoint | null;
}

/** The part of the log that is held, as a conversation, and where in it the reader is. */
export function useLogView(
  task: Task,
  feed: TreeFeed,
  pages: LogPages,
  scroller: RefObject<HTMLDivElement | null>,
): LogView {
  const entries = useMemo(() => logEntries(feed.log), [feed.log]);
  const [failure, setFailure] = useState<string | null>(null);
  const { place, problem } = useLogTarget(task.id, feed, pages);
  const { atEnd, goToEnd } = useFollowEnd(scroller, feed.logLoaded && !feed.hasLater);
  const { setFollowing, goToLatest } = pages;
  useEffect(() => setFollowing(atEnd), [setFollowing, atEnd]);

  const toEnd = useCallback(() => {
    goToEnd();
    setFailure(null);
    goToLatest().catch((error: Error) => error.name !== "AbortError" && setFailure(error.message));
  }, [goToEnd, goToLatest]);

  const draft = feed.draft?.taskId === task.id ? feed.draft : null;
  return useMemo(
    () => ({
      entries,
      draft,
      place,
      atEnd,
      goToEnd: toEnd,
      problem: problem ?? failure,
      whyParked: whyParked(entries),
      lastTurn: lastTurnOf(entries),
    }),
    [entries, draft, place, atEnd, toEnd, problem, failure],
  );
}

function whyParked(entries: LogEntry[]): string | null {
  const last = entries.findLast((entry) => entry.kind === "event" && entry.line.cause !== undefined);
  return last?.kind === "event" ? (last.line.cause ?? null) : null;
}

function lastTurnOf(entries: LogEntry[]): ForkPoint | null {
  const last = entries.findLast((entry) => entry.kind === "agent");
  return last ? forkPointOf(last) : null;
}
