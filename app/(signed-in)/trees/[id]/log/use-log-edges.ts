"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";

/** More is loaded when the reader comes this close to an edge of the loaded part, in pixels. */
const NEAR_PX = 600;

interface LogEdges {
  loading: boolean;
  failure: string | null;
  loadEarlier(): void;
  loadLater(): void;
}

/** Loads more of the log when the reader comes near an edge of the loaded part. `top` and `bottom` mark the edges. */
export function useLogEdges(
  feed: TreeFeed,
  pages: LogPages,
  top: RefObject<HTMLElement | null>,
  bottom: RefObject<HTMLElement | null>,
): LogEdges {
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const load = useCallback((work: () => Promise<void>) => {
    setLoading(true);
    work()
      .then(
        () => setFailure(null),
        // A jump to another part of the log aborts this request.
        (error: Error) => error.name !== "AbortError" && setFailure(error.message),
      )
      .finally(() => setLoading(false));
  }, []);
  const loadEarlier = useCallback(() => load(pages.loadEarlier), [load, pages]);
  const loadLater = useCallback(() => load(pages.loadLater), [load, pages]);

  const isReady = feed.logLoaded && !loading && failure === null;
  useWatch(top, isReady && feed.hasEarlier, loadEarlier, isAbove);
  useWatch(bottom, isReady && feed.hasLater, loadLater, always);
  return { loading, failure, loadEarlier, loadLater };
}

const always = () => true;

/** Returns whether the edge is above the view. A reader who sees the edge without scrolling has a button there. */
function isAbove({ boundingClientRect, rootBounds }: IntersectionObserverEntry): boolean {
  return rootBounds !== null && boundingClientRect.bottom < rootBounds.top + NEAR_PX;
}

function useWatch(
  edge: RefObject<HTMLElement | null>,
  isWanted: boolean,
  load: () => void,
  counts: (entry: IntersectionObserverEntry) => boolean,
): void {
  useEffect(() => {
    const element = edge.current;
    if (!element || !isWanted) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting && counts(entry)) && load(),
      { root: element.closest("[data-log-scroller]"), rootMargin: `${NEAR_PX}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [edge, isWanted, load, counts]);
}
