"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** A reader this close to the end counts as being at the end, in pixels. */
const NEAR_PX = 24;
/** Elements that make the text longer when the reader clicks them. */
const UNFOLDS = "summary, [data-cuts] button, [data-log-folded] button";
/** The log, open or folded. It comes before its entries, so it is found without a look at each of them. */
const LOG = "[data-log], [data-log-folded]";

/**
 * Scrolls a live text along with its end while the reader is at the end. A reader who scrolls up stays there, and text
 * that the reader unfolds at the end opens downwards without scrolling. The text is the first element in `scroller`.
 * While it is not `ready`, it is still loading or its end is not in the page, so new text scrolls nothing. Nor does it
 * while it `rests`: a person is asked something, which must not scroll out of view when its evidence arrives.
 */
export function useFollowEnd(scroller: RefObject<HTMLDivElement | null>, ready: boolean, rests: boolean) {
  const [atEnd, setAtEnd] = useState(false);
  const isFollowing = useRef(false);
  /** The reader asked for the end before it was loaded. */
  const isEndRequested = useRef(false);
  /** The reader has unfolded something, and the text has not grown yet. */
  const isUnfolding = useRef(false);
  const lastTop = useRef(0);

  const checkEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    // A folded log has no end to follow: the result above it would scroll out of view when it grows.
    if (near) isFollowing.current = ready && !rests && !isUnfolding.current && !isFolded(element);
    else if (element.scrollTop < lastTop.current) isFollowing.current = false;
    lastTop.current = element.scrollTop;
    setAtEnd(near && ready);
  }, [scroller, ready, rests]);

  useEffect(() => {
    if (rests) isFollowing.current = false;
  }, [rests]);

  useEffect(() => {
    const element = scroller.current;
    const text = element?.firstElementChild;
    if (!element || !text) return;
    if (ready && isEndRequested.current) {
      isEndRequested.current = false;
      isFollowing.current = true;
      element.scrollTop = element.scrollHeight;
    }
    // Entries have an estimated height until they come into view, so the end moves as the reader comes near.
    const observer = new ResizeObserver(() => {
      // Unfolded text settles in several steps, and none of them may take the reader to its end.
      if (isUnfolding.current) isFollowing.current = false;
      else if (isFollowing.current) element.scrollTop = element.scrollHeight;
      isUnfolding.current = false;
      checkEnd();
    });
    observer.observe(text);
    observer.observe(element);
    const onClick = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest(UNFOLDS)) isUnfolding.current = true;
    };
    element.addEventListener("click", onClick);
    element.addEventListener("scroll", checkEnd, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("click", onClick);
      element.removeEventListener("scroll", checkEnd);
    };
  }, [scroller, checkEnd, ready]);

  const goToEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    if (!ready) {
      isEndRequested.current = true;
      return;
    }
    isFollowing.current = true;
    element.scrollTop = element.scrollHeight;
  }, [scroller, ready]);
  return { atEnd, goToEnd };
}

function isFolded(element: HTMLElement): boolean {
  return element.querySelector<HTMLElement>(LOG)?.dataset.logFolded !== undefined;
}
