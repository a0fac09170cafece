"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { atMostEvery } from "@/components/attention/at-most-every";
import { useServerStatus } from "@/components/feed/server-status";
import { type ListStart, type TreesAddress, useListFeed } from "@/components/feed/use-list-feed";
import { fetchJson } from "@/components/http/fetch-json";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { held } from "./queue-rows";

/** The most items that the list holds. Further items appear as these are decided. */
const MOST_OPEN = 200;
/** Time between two reads of the whole list, when it is longer than what the feed sends. */
const POLL_MS = 2_000;

/** Items name their trees, which are among the newest, and the empty list names those that run. */
const LISTS: readonly TreesAddress[] = ["trees?limit=100", "trees?status=open&limit=100"];

export interface Queue {
  /** In order of display, including those in `gone`. */
  rows: Review[];
  /** Ids of rows that somebody else decided or that were withdrawn. */
  gone: ReadonlySet<string>;
  /** Number of new items that are not shown yet. */
  fresh: number;
  /** Number of open items, shown or not. */
  total: number;
  trees: ReadonlyMap<string, Tree>;
  status: ServerStatus;
  /** Changes with every batch that the server sends. */
  mark: number;
  /** Shows the newest list: adds new items and removes those in `gone`. */
  renew: () => void;
  /** Removes rows whose decision is complete. */
  drop: (ids: readonly string[]) => void;
}

/** Returns the server's open items, shown so that no row moves by itself. */
export function useQueue(start: ListStart): Queue {
  const feed = useListFeed(start, LISTS);
  const [open, setOpen] = useState(start.reviews);
  const [shown, setShown] = useState(start.reviews);
  const seen = useRef(feed.mark);
  const readSoon = useRef<() => void>(null);
  useEffect(() => {
    const read = () =>
      fetchJson(`reviews?open=1&limit=${MOST_OPEN}`).then(
        ({ items }) => setOpen(items),
        () => {},
      );
    const { wake, stop } = atMostEvery(POLL_MS, read);
    readSoon.current = wake;
    return stop;
  }, []);

  useEffect(() => {
    if (feed.mark === seen.current) return;
    seen.current = feed.mark;
    if (feed.status.openReviews <= feed.reviews.length) setOpen(feed.reviews);
    else readSoon.current?.();
  }, [feed]);

  // An empty list takes new items immediately, because no row can move.
  useEffect(() => {
    if (shown.length === 0 && open.length > 0) setShown(open);
  }, [shown, open]);

  const { rows, fresh, gone } = useMemo(() => held(shown, open), [shown, open]);
  const renew = useCallback(() => setShown(open), [open]);
  const drop = useCallback((ids: readonly string[]) => {
    const over = new Set(ids);
    setShown((now) => now.filter((review) => !over.has(review.id)));
  }, []);
  const { openReviews: total } = useServerStatus();
  return { rows, gone, fresh, total, trees: feed.trees, status: feed.status, mark: feed.mark, renew, drop };
}
