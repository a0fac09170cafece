"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import type { LogPages } from "@/components/feed/use-log-pages";

/** How near an edge of what is held somebody must come for more to be read, in pixels. */
const NEAR_PX = 600;

interface LogEdges {
  loading: boolean;
  failure: string | null;
  loadEarlier(): void;
  loadLater(): void;
}

/** Reads on where somebody comes near an edge of the held part of the log. `top` and `bottom` stand at its edges. */
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
        // What was called off was called off by a jump to elsewhere.
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

/** Out of sight above: whoever sees the beginning without having scrolled has a button there. */
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
