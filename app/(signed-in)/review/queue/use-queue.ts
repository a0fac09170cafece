"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { fetchJson } from "@/components/http/fetch-json";
import type { Review, ServerStatus, Tree } from "@/core/shapes/shapes";
import { held } from "./queue-rows";

/** Of these the first stand in the list; what comes behind them shows when they are decided. */
export const MOST_OPEN = 200;
/** Between two looks at the whole list, where it is longer than what the feed sends. */
const LOOK_MS = 2_000;

export interface Queue {
  /** In the order in which they are shown, those that are gone included. */
  rows: Review[];
  /** Of the rows: decided by somebody else, or withdrawn. */
  gone: ReadonlySet<string>;
  /** New ones that are not shown yet. */
  fresh: number;
  /** All that are open, shown or not. */
  total: number;
  trees: ReadonlyMap<string, Tree>;
  status: ServerStatus;
  /** Changes with everything that the server sends. */
  mark: number;
  /** The newest order: what is gone leaves, what is new comes. */
  renew: () => void;
  /** Takes rows out whose decision is over. */
  drop: (ids: readonly string[]) => void;
}

/** The open items as the server has them, shown so that no row moves by itself. */
export function useQueue(start: ListStart): Queue {
  const feed = useListFeed(start);
  const [open, setOpen] = useState(start.reviews);
  const [shown, setShown] = useState(start.reviews);
  const seen = useRef(feed.mark);

  useEffect(() => {
    if (feed.mark === seen.current) return;
    seen.current = feed.mark;
    if (feed.status.openReviews <= feed.reviews.length) return setOpen(feed.reviews);
    const timer = setTimeout(() => {
      fetchJson<{ items: Review[] }>(`reviews?open=1&limit=${MOST_OPEN}`).then(
        ({ items }) => setOpen(items),
        () => {},
      );
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [feed]);

  // Into an empty list they come at once: there is no row to move.
  useEffect(() => {
    if (shown.length === 0 && open.length > 0) setShown(open);
  }, [shown, open]);

  const { rows, fresh, gone } = useMemo(() => held(shown, open), [shown, open]);
  const renew = useCallback(() => setShown(open), [open]);
  const drop = useCallback((ids: readonly string[]) => {
    const over = new Set(ids);
    setShown((now) => now.filter((review) => !over.has(review.id)));
  }, []);
  const total = feed.mark === 0 ? start.status.openReviews : feed.status.openReviews;
  return { rows, gone, fresh, total, trees: feed.trees, status: feed.status, mark: feed.mark, renew, drop };
}
