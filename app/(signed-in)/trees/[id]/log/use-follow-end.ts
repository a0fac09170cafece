"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** How far from the end still counts as being at the end, in pixels. */
const NEAR_PX = 24;
/** What makes the text longer because its reader wants to see more of it. */
const UNFOLDS = "summary, [data-cuts] button";

/**
 * Keeps the end of a live text in sight, but only for somebody who is at the end already; whoever scrolls up stays there,
 * and what somebody unfolds at the end stays where it is, with its text below it.
 * The text is the first element in `scroller`. Until it is `ready` it is only being read, or its end is not in the page, and
 * what arrives moves nothing.
 */
export function useFollowEnd(scroller: RefObject<HTMLDivElement | null>, ready: boolean) {
  const [atEnd, setAtEnd] = useState(false);
  const following = useRef(false);
  /** Somebody wants to be at the end as soon as it is there. */
  const isWanted = useRef(false);
  /** Its reader unfolds something, and the text has not become longer yet. */
  const isUnfolding = useRef(false);
  const lastTop = useRef(0);

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (near) following.current = ready && !isUnfolding.current;
    else if (element.scrollTop < lastTop.current) following.current = false;
    lastTop.current = element.scrollTop;
    setAtEnd(near && ready);
  }, [scroller, ready]);

  useEffect(() => {
    const element = scroller.current;
    const text = element?.firstElementChild;
    if (!element || !text) return;
    if (ready && isWanted.current) {
      isWanted.current = false;
      following.current = true;
      element.scrollTop = element.scrollHeight;
    }
    // Entries have an estimated height until they come into sight, so the end moves while it is approached.
    const observer = new ResizeObserver(() => {
      if (following.current && !isUnfolding.current) element.scrollTop = element.scrollHeight;
      isUnfolding.current = false;
      look();
    });
    observer.observe(text);
    observer.observe(element);
    const onClick = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest(UNFOLDS)) isUnfolding.current = true;
    };
    element.addEventListener("click", onClick);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("click", onClick);
      element.removeEventListener("scroll", look);
    };
  }, [scroller, look, ready]);

  const goToEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    if (!ready) {
      isWanted.current = true;
      return;
    }
    following.current = true;
    element.scrollTop = element.scrollHeight;
  }, [scroller, ready]);
  return { atEnd, goToEnd };
}
