"use client";

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Draft } from "@/components/feed/activity";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import { type LogEntry, logEntries } from "@/components/trees/log-entries";
import type { Task } from "@/core/shapes/shapes";
import type { LogPlace } from "./log-place";
import { useFollowEnd } from "./use-follow-end";
import { type LogEnd, useLogEnd } from "./use-log-end";
import { useLogTarget } from "./use-log-target";

export interface LogView {
  entries: LogEntry[];
  /** What the task is writing now. */
  draft: Draft | null;
  place: LogPlace;
  atEnd: boolean;
  goToEnd: () => void;
  /** Why a requested part of the log cannot be shown. */
  problem: string | null;
  end: LogEnd;
}

/** Returns the loaded part of the log as a conversation, and the reader's place in it. */
export function useLogView(
  task: Task,
  feed: TreeFeed,
  pages: LogPages,
  scroller: RefObject<HTMLDivElement | null>,
  /** A person is asked something, which stands above the log. */
  asks: boolean,
): LogView {
  const entries = useMemo(() => logEntries(feed.log), [feed.log]);
  const [failure, setFailure] = useState<string | null>(null);
  const { place, problem } = useLogTarget(task.id, feed, pages);
  // Just after another task is selected, the feed still holds the log of the task before.
  const isOwn = (feed.log[0]?.task_id ?? task.id) === task.id;
  const isEnd = feed.logLoaded && isOwn && !feed.hasLater;
  const end = useLogEnd(task, entries, isEnd);
  const { atEnd, goToEnd } = useFollowEnd(scroller, isEnd, asks);
  const { setFollowing, goToLatest } = pages;
  useEffect(() => setFollowing(atEnd), [setFollowing, atEnd]);

  const toEnd = useCallback(() => {
    goToEnd();
    setFailure(null);
    goToLatest().catch((error: Error) => error.name !== "AbortError" && setFailure(error.message));
  }, [goToEnd, goToLatest]);

  // What runs opens at the end of its log, unless the address names a message.
  const opensAtEnd = useRef(task.status === "running" && !new URLSearchParams(globalThis.location?.search).has("seq"));
  useEffect(() => {
    if (opensAtEnd.current) goToEnd();
    opensAtEnd.current = false;
  }, [goToEnd]);

  const draft = feed.draft?.taskId === task.id ? feed.draft : null;
  return useMemo(
    () => ({
      entries,
      draft,
      place,
      atEnd,
      goToEnd: toEnd,
      problem: problem ?? failure,
      end,
    }),
    [entries, draft, place, atEnd, toEnd, problem, failure, end],
  );
}
