"use client";

import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { isChosen } from "@/components/feed/selectors";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";
import type { OpenedLog } from "@/components/feed/use-tree-feed";
import { useAction } from "@/components/ui/hooks/use-action";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { possibleOf } from "@/core/words/remedies";
import { taskSentence } from "@/core/words/tasks";
import { useTaskFiles } from "../files/use-task-files";
import type { LogPlace } from "../log/log-place";
import { useLogFold } from "../log/use-log-fold";
import { useLogView } from "../log/use-log-view";
import { usePaneDialogs } from "./pane-dialogs";
import { useContinuation } from "./use-continuation";
import { useTaskDetail } from "./use-task-detail";

export interface PaneProps {
  task: Task;
  feed: TreeFeed;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  opened: OpenedLog | null;
  pages: LogPages;
  problem: string | null;
  select: (id: string | null) => void;
}

/** Returns the state of the open task that both of its views need: beside the outline, and as a conversation. */
export function usePane({ task, feed, opened, pages }: PaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const detail = useTaskDetail(task, opened?.task ?? null);
  const files = useTaskFiles(task);
  const shown = useShownFeed(feed);
  const reviews = feed.reviews.filter((review) => review.task_id === task.id);
  const asks = reviews.length > 0;
  const log = useLogView(task, shown, pages, scroller, asks);
  const continuation = useContinuation(task);
  const possible = possibleOf(continuation, log.end.lastTurn !== null);
  const { isOver, ...can } = possible;
  const says = taskSentence({ ...task, verdict: detail.verdict }, feed.tasks, feed.reviews, {
    parkedWhy: log.end.whyParked,
    // The snapshot of a new tree comes before its first call; a task that was chosen starts after it.
    hasBegun: isChosen(task) || feed.now.some((one) => one.task_id === task.id),
    can,
    heldPool: feed.tree.place?.is_held ? feed.tree.place.pool : null,
    overWhy: isOver ? (continuation?.why ?? null) : null,
  });
  const action = useAction();
  const dialogs = usePaneDialogs();
  const over = isEnded(task.status);
  const { atEnd, goToEnd } = log;
  const fold = useLogFold({ over, asks, target: log.place.target, atEnd, goToEnd, scroller });
  const place = useOpeningPlace(log.place, fold.open);
  const now = feed.now.find((one) => one.task_id === task.id);
  const nextTurn = (now?.turn ?? task.turns) + 1;
  return {
    nextTurn,
    scroller,
    detail,
    files,
    shown,
    log,
    continuation,
    possible,
    says,
    reviews,
    action,
    dialogs,
    fold,
    place,
  };
}

/**
 * Returns the feed to show. Rendering a page of the log is slow, so typing and keys go first. All else is shown at once,
 * because a pane that is rendered a second time for one message costs more than the message.
 */
function useShownFeed(feed: TreeFeed): TreeFeed {
  const pages = useDeferredValue(feed.pages);
  const last = useRef(feed);
  const shown = pages === feed.pages ? feed : last.current;
  useEffect(() => {
    last.current = shown;
  });
  return shown;
}

/** Returns the place with a jump that also opens a folded log. */
function useOpeningPlace(place: LogPlace, open: () => void): LogPlace {
  return useMemo(
    () => ({
      ...place,
      open(seq) {
        open();
        place.open(seq);
      },
    }),
    [place, open],
  );
}
